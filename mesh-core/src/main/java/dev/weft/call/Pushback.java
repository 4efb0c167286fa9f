package dev.weft.call;

import java.util.concurrent.TimeUnit;

/**
 * A server's word on trying again.
 *
 * @param allowed false: do not try again, anywhere
 * @param waitNanos wait at least this long, at most five minutes whatever was said; 0 where the server named no time
 * @param stated whether the server said anything at all
 * @param elsewhere whether it speaks for itself alone, so that another may be asked meanwhile
 */
public record Pushback(boolean allowed, long waitNanos, boolean stated, boolean elsewhere) {
    /** As Envoy has it. A server may be wrong, and one that says a day must not cost a day. */
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** The server said nothing. */
    public static final Pushback NONE = new Pushback(true, 0, false, false);

    /** The server forbids it. */
    public static final Pushback FORBIDDEN = new Pushback(false, 0, true, false);

    public Pushback {
        waitNanos = Math.min(waitNanos, LONGEST_NANOS);
    }

    /** The call is to wait so long, whoever is asked then. */
    public static Pushback waitFor(long nanos) {
        return new Pushback(true, nanos, true, false);
    }

    /** This server is to be asked again after so long; what others do is not its to say. */
    public static Pushback rest(long nanos) {
        return new Pushback(true, nanos, true, true);
    }
}
