package dev.weft.call;

import org.jspecify.annotations.Nullable;

/**
 * Who is told when a call ends, in the order in which they asked. Immutable but for a memory: each place knows who came
 * after it last time. Calls of one kind are asked for by the same filters in the same order, so that, but for the first,
 * none of them allocates anything for it.
 *
 * <p>Made once for all calls of a kind, with the place where they are known while they pause. Thread-safe.
 */
public final class Ends {
    private final @Nullable Ends before;
    private final @Nullable EndListener listener;
    private final @Nullable Ends ofAttempts;
    private final Pauses pauses;
    /** A place that another thread has put here is as good as one's own: all of it that matters is final. */
    private @Nullable Ends after;

    /** Nobody yet, for the calls and for their attempts. */
    public Ends(Pauses pauses) {
        this(null, null, new Ends(null, null, null, pauses), pauses);
    }

    private Ends(@Nullable Ends before, @Nullable EndListener listener, @Nullable Ends ofAttempts, Pauses pauses) {
        this.before = before;
        this.listener = listener;
        this.ofAttempts = ofAttempts;
        this.pauses = pauses;
    }

    /** Those before, and {@code next}. */
    Ends with(EndListener next) {
        Ends seen = after;
        if (seen == null || seen.listener != next) {
            seen = new Ends(this, next, ofAttempts, pauses);
            after = seen;
        }
        return seen;
    }

    /** Nobody yet, for an attempt at a call of this kind. */
    Ends ofAttempts() {
        return ofAttempts == null ? new Ends(pauses) : ofAttempts;
    }

    Pauses pauses() {
        return pauses;
    }

    /** Who asked last; null at the beginning. */
    @Nullable
    EndListener listener() {
        return listener;
    }

    /** Those who asked before; null at the beginning. */
    @Nullable
    Ends before() {
        return before;
    }
}
