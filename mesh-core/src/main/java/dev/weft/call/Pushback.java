package dev.weft.call;

/**
 * A server's word on trying again.
 *
 * @param allowed false: do not try again, anywhere
 * @param waitNanos wait at least this long; 0 where the server named no time
 * @param stated whether the server said anything at all
 * @param elsewhere whether it speaks for itself alone, so that another may be asked meanwhile
 */
public record Pushback(boolean allowed, long waitNanos, boolean stated, boolean elsewhere) {
    /** The server said nothing. */
    public static final Pushback NONE = new Pushback(true, 0, false, false);

    /** The server forbids it. */
    public static final Pushback FORBIDDEN = new Pushback(false, 0, true, false);

    /** The call is to wait so long, whoever is asked then. */
    public static Pushback waitFor(long nanos) {
        return new Pushback(true, nanos, true, false);
    }

    /** The server is to be left alone so long; what others do is not its to say. */
    public static Pushback rest(long nanos) {
        return new Pushback(true, nanos, true, true);
    }
}
