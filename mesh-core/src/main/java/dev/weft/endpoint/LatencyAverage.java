package dev.weft.endpoint;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Peak-sensitive moving average of a node's latency: a rise counts at once, a fall with time constant tau.
 *
 * <p>After Finagle's {@code PeakEwma} ({@code loadbalancer/PeakEwma.scala}). Average (a float, nanoseconds)
 * and time stamp (units of 2^20 ns, about 1 ms, wrapping after 52 days) share one word, so that a reader
 * sees a matching pair and a writer needs one compare-and-set: no lock, no allocation. A seed, a guess that
 * the first observation replaces, is kept with a negative sign. Thread-safe.
 */
public final class LatencyAverage {
    private static final int UNIT_SHIFT = 20;

    private static final long DOUBT_NANOS = 1_000_000_000;

    private static final VarHandle WORD;
    private static final VarHandle DOUBTED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WORD = lookup.findVarHandle(LatencyAverage.class, "word", long.class);
            DOUBTED = lookup.findVarHandle(LatencyAverage.class, "doubtedNanos", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // No object of its own: every pick reads those of two nodes.
    private volatile long word;

    private volatile long doubtedNanos;

    public LatencyAverage(long nowNanos) {
        this.doubtedNanos = nowNanos;
    }

    /** The average in nanoseconds as it stands at {@code nowNanos}, decayed for the time since; 0 if nothing is known. */
    public double at(long nowNanos, long tauNanos) {
        return decayed(word, nowNanos, tauNanos);
    }

    /** As {@link #at}, but 0 where there is only a guess. */
    public double observed(long nowNanos, long tauNanos) {
        long seen = word;
        return guess(seen) ? 0 : decayed(seen, nowNanos, tauNanos);
    }

    /** What falls by less than 1/64 is not reckoned: of nodes in use nearly always, and picks wait for it. */
    private static double decayed(long seen, long nowNanos, long tauNanos) {
        float average = average(seen);
        long elapsed = elapsed(seen, nowNanos);
        return elapsed < tauNanos >> 6 ? average : average * decay(elapsed, tauNanos);
    }

    /** The average in nanoseconds without decay since the last observation; 0 if nothing is known. */
    public double last() {
        return average(word);
    }

    /** Adds one latency, seen at {@code nowNanos}. */
    public void observe(long latencyNanos, long nowNanos, long tauNanos) {
        long seen;
        long next;
        do {
            seen = word;
            float average = average(seen);
            double updated = latencyNanos;
            if (!guess(seen) && average > latencyNanos) {
                double w = decay(elapsed(seen, nowNanos), tauNanos);
                updated = average * w + latencyNanos * (1 - w);
            }
            next = pack((float) Math.max(1, updated), nowNanos);
        } while (!WORD.compareAndSet(this, seen, next));
    }

    /** An attempt has taken so long and is not over: nothing less is true. A guess that is higher waits for the answer. */
    public void raise(long latencyNanos, long nowNanos) {
        atLeast(latencyNanos, nowNanos, false);
    }

    /** An attempt was given up after so long: nothing less is true, and a guess was none too high. */
    public void cutOff(long latencyNanos, long nowNanos) {
        atLeast(latencyNanos, nowNanos, true);
    }

    private void atLeast(long latencyNanos, long nowNanos, boolean over) {
        long seen = word;
        while ((average(seen) < latencyNanos || (over && guess(seen)))
                && !WORD.compareAndSet(this, seen, pack(Math.max(average(seen), (float) latencyNanos), nowNanos))) {
            seen = word;
        }
    }

    /**
     * Takes what is known, if anything is, for a guess from now on, so that one more call shows what is true; false if that
     * was done within the last second.
     */
    public boolean doubt(long nowNanos) {
        long last = doubtedNanos;
        if (nowNanos - last < DOUBT_NANOS || !DOUBTED.compareAndSet(this, last, nowNanos)) {
            return false;
        }
        long seen;
        do {
            seen = word;
        } while (seen > 0 && !WORD.compareAndSet(this, seen, seen | Long.MIN_VALUE));
        return true;
    }

    /** Takes {@code latencyNanos} for a guess, unless something was already observed or guessed. */
    public void seed(long latencyNanos, long nowNanos) {
        WORD.compareAndSet(this, 0L, pack((float) -Math.max(1, latencyNanos), nowNanos));
    }

    /** Whether nothing was observed or guessed. */
    public boolean blank() {
        return word == 0;
    }

    /** Begins anew. */
    void forget() {
        word = 0;
    }

    /** Whether nothing was observed yet. */
    public boolean unknown() {
        long seen = word;
        return seen == 0 || guess(seen);
    }

    private static boolean guess(long seen) {
        return seen < 0;
    }

    /** e to the minus x; for a small x, which is nearly every one, from its series: 1e-6 off at most, at a tenth of the cost. */
    static double decay(long elapsedNanos, long tauNanos) {
        double x = (double) elapsedNanos / tauNanos;
        return x < 1.0 / 64 ? 1 - x * (1 - x / 2) : Math.exp(-x);
    }

    private static long elapsed(long seen, long nowNanos) {
        int units = (int) (nowNanos >> UNIT_SHIFT) - (int) seen;
        return Math.max(0, (long) units) << UNIT_SHIFT;
    }

    private static float average(long seen) {
        return Math.abs(Float.intBitsToFloat((int) (seen >>> 32)));
    }

    private static long pack(float average, long nowNanos) {
        return (long) Float.floatToRawIntBits(average) << 32 | ((nowNanos >> UNIT_SHIFT) & 0xFFFF_FFFFL);
    }
}
