package dev.weft.call;

/**
 * A server's word on trying again.
 *
 * @param allowed false: do not try again, anywhere
 * @param waitNanos wait at least this long; 0 where the server named no time
 * @param stated whether the server said anything at all
 */
public record Pushback(boolean allowed, long waitNanos, boolean stated) {
    /** The server said nothing. */
    public static final Pushback NONE = new Pushback(true, 0, false);

    /** The server forbids it. */
    public static final Pushback FORBIDDEN = new Pushback(false, 0, true);

    public static Pushback waitFor(long nanos) {
        return new Pushback(true, nanos, true);
    }
}
