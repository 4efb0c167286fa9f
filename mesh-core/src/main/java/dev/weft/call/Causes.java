package dev.weft.call;

import org.jspecify.annotations.Nullable;

/** What is behind a failure. Of a chain of causes that has no end, a few are looked at. */
public final class Causes {
    private static final int MAX_DEPTH = 10;

    private Causes() {}

    /** The first of that type among {@code failure} and its causes, or null. */
    public static <T> @Nullable T find(@Nullable Throwable failure, Class<T> type) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MAX_DEPTH; depth++) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
            at = at.getCause();
        }
        return null;
    }
}
