package dev.weft.endpoint;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * How a node stands with outlier detection: in use, ejected, or on probation with one probe under way. The rules
 * that decide are elsewhere; this is their memory. Thread-safe.
 */
public final class Standing {
    /** What can speak against a node, each counted for itself: one after the other, with no good answer between. */
    public enum Strike {
        /** No connection could be made. */
        REFUSED(0),
        /** It failed: no answer that could be used. */
        FAILED(1),
        /** No answer yet, though nearly all others would have come. */
        LATE(2),
        /** The same, and no answer since the last one, in time or late. */
        SILENT(3);

        private final int shift;

        Strike(int place) {
            this.shift = place * STRIKE_BITS;
        }
    }

    private static final int STRIKE_BITS = 15;
    private static final long MOST_STRIKES = (1L << STRIKE_BITS) - 1;
    /** Whoever is ejected again so soon after its return goes on where it was; who held out longer begins anew. */
    private static final long PROBATION_NANOS = Tally.WINDOW_NANOS;

    /** A pause of a process makes all late that are under way there, and says no more than one of them would. */
    private static final long ONE_PAUSE_NANOS = 20_000_000;

    private static final int SILENT = 3;

    private static final long CONDEMNED = Long.MIN_VALUE;

    private static final VarHandle STRIKES;
    private static final VarHandle LATE_NANOS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STRIKES = lookup.findVarHandle(Standing.class, "strikes", long.class);
            LATE_NANOS = lookup.findVarHandle(Standing.class, "lateNanos", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The strikes of each kind up to now and whether it is condemned, in one word: a good answer clears all of it. */
    private volatile long strikes;

    /** When one was last counted as late. */
    private volatile long lateNanos;
    /** When the first was of those with no answer between. */
    private volatile long silentNanos;

    private final Tally tally = new Tally();

    // Written under Ejections' lock; read without it.

    volatile boolean ejected;
    /** Whether it is out beyond doubt, and not by comparison with others. */
    volatile boolean certain;
    /** Who probes it, or null. */
    volatile @Nullable Object probe;
    /** When the next may probe it: its time is over, or the claim of whoever probes has lapsed. */
    volatile long probeAtNanos;

    private volatile long judgedFromNanos;
    private volatile int times;
    private volatile long returnedNanos;
    /** For how long it was ejected the last time. */
    volatile long pauseNanos;
    /** How many good answers bring it back yet. */
    volatile int proofs = 1;

    /** How many in a row the rule that found against it wants. */
    private volatile int wanted = 1;

    Standing(long nowNanos) {
        this.lateNanos = nowNanos - ONE_PAUSE_NANOS;
        this.silentNanos = nowNanos;
        this.probeAtNanos = nowNanos;
        this.judgedFromNanos = nowNanos;
        this.returnedNanos = nowNanos;
    }

    public boolean ejected() {
        return ejected;
    }

    /** Whether it is ejected and takes no calls beyond doubt. */
    public boolean dead() {
        return ejected && certain;
    }

    /** How often it was ejected with less than 30 seconds of good service between. */
    public int times(long nowNanos) {
        return ejected || nowNanos - returnedNanos < PROBATION_NANOS ? times : 0;
    }

    /**
     * Whether the answer to a call that was sent at that moment says something of now. One sent before the node was
     * ejected, while its time ran, or before it came back does not.
     */
    public boolean judges(long sentNanos) {
        return sentNanos - judgedFromNanos >= 0;
    }

    /** How many of its attempts failed of late. */
    public Tally tally() {
        return tally;
    }

    /** Counts a strike and tells how many of the kind there were one after the other. */
    public int strike(Strike kind) {
        long seen;
        do {
            seen = strikes;
        } while (count(seen, kind) < MOST_STRIKES && !STRIKES.compareAndSet(this, seen, seen + (1L << kind.shift)));
        return (int) Math.min(MOST_STRIKES, count(seen, kind) + 1);
    }

    /** Counts a strike for lateness; of those that come within 20 ms one. */
    public void strikeLate(long nowNanos) {
        long last = lateNanos;
        if (nowNanos - last >= ONE_PAUSE_NANOS && LATE_NANOS.compareAndSet(this, last, nowNanos)) {
            strike(Strike.LATE);
            if (strike(Strike.SILENT) == 1) {
                silentNanos = nowNanos;
            }
        }
    }

    /** How many strikes of the kind there were one after the other, up to now. */
    public int strikes(Strike kind) {
        return (int) count(strikes, kind);
    }

    /** Whether it is sick, and calls do not just stand in line there: so many attempts are late with no answer between. */
    public boolean silent() {
        return strikes(Strike.SILENT) >= SILENT;
    }

    /** For how long there are attempts that are late, with no answer between; to be asked where there are. */
    public long silentFor(long nowNanos) {
        return nowNanos - silentNanos;
    }

    private static long count(long word, Strike kind) {
        return word >>> kind.shift & MOST_STRIKES;
    }

    /**
     * A rule has found against it; true for the first that did since its last good answer.
     *
     * @param proofs how many good answers in a row bring it back, should it be ejected
     */
    public boolean condemn(int proofs) {
        tally.clear();
        wanted = proofs;
        return (long) STRIKES.getAndBitwiseOr(this, CONDEMNED) >= 0;
    }

    /** Whether a rule has found against it since its last good answer: ejected, or as bad as if it were. */
    public boolean condemned() {
        return strikes < 0;
    }

    /**
     * Forgets the strikes; a plain read where there is nothing to forget.
     *
     * @param late whether the answer came late: then those for lateness stay
     */
    public void succeeded(boolean late) {
        if (strikes != 0) {
            STRIKES.getAndBitwiseAnd(this, late ? MOST_STRIKES << Strike.LATE.shift : 0L);
        }
    }

    void out(long nowNanos, long untilNanos) {
        pauseNanos = untilNanos - nowNanos;
        times = times(nowNanos) + 1;
        ejected = true;
        probe = null;
        proofs = wanted;
        probeAtNanos = untilNanos;
        judgedFromNanos = untilNanos;
    }

    void back(long nowNanos) {
        ejected = false;
        certain = false;
        probe = null;
        judgedFromNanos = nowNanos;
        returnedNanos = nowNanos;
        succeeded(false);
        tally.clear();
    }
}
