package dev.weft.retry;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * When an attempt is late: when it takes longer than all but a share of those of the last 30 seconds, and longer than
 * their median by a quarter: where all take about as long, a hedge gains nothing. Where more than that share take over two
 * seconds, or have no answer at all, it is five times what nine of ten take. Where more than that share were slow a moment
 * ago, as all were, that hides what is late now: so whoever has waited for half of the time that there was, and for longer
 * than nine of ten take by a quarter, is late as well. Worked out anew every 3 seconds, by one of those who
 * record. Where there are many, chance picks those that are recorded: enough to tell the share, and so few that threads
 * hardly ever write the same word. Thread-safe, wait-free to read and to record.
 */
final class Lateness {
    static final long UNKNOWN_NANOS = Long.MAX_VALUE;

    private static final int SLICES = 10;
    private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** What takes longer is not told apart, and whoever is as slow as that is not hedged. */
    private static final long MOST_MICROS = TimeUnit.SECONDS.toMicros(2);

    /** Of precision; a histogram of it takes 2 KB. */
    private static final int DIGITS = 1;

    /** So many of a slice tell as much as all of it: ten slices of them know a share of 1.5 % to a twentieth of itself. */
    private static final int ENOUGH_OF_SLICE = 2048;

    private static final int LEAST_OFTEN = 1 << 20;

    private static final double CLEARLY_OVER = 1.25;
    /** Where more than the share get no answer at all, late is so many times what nine of ten take. */
    private static final int OVER_MOST = 5;

    private static final double MOST_PERCENT = 90;
    /** Of few attempts so many standard deviations more may be late by chance: else no one would be while they are. */
    private static final double DEVIATIONS = 2;

    private final double share;
    private final long enough;
    private final Recorder recorder = new Recorder(MOST_MICROS, DIGITS);
    private final Histogram sum = new Histogram(MOST_MICROS, DIGITS);
    /** Null until its first turn: many services are called but once. */
    private final @Nullable Histogram[] slices = new Histogram[SLICES];

    private final RandomGenerator random;
    private final ReentrantLock turning = new ReentrantLock();
    private volatile long turnNanos;
    private int oldest;
    /** One in so many is recorded; a power of two. */
    private volatile int oneIn = 1;

    private volatile long afterNanos = UNKNOWN_NANOS;
    /** Longer than what nine of ten take by a quarter. */
    private volatile long overMostNanos = UNKNOWN_NANOS;

    /**
     * @param share how many may be late, 0 to 1
     * @param nowNanos the monotonic clock now
     */
    Lateness(double share, RandomGenerator random, long nowNanos) {
        this.share = share;
        this.random = random;
        this.enough = (long) Math.ceil(1 / share);
        this.turnNanos = nowNanos + SLICE_NANOS;
    }

    /** An attempt took so long, or longer: it was given up. */
    void record(long elapsedNanos, long nowNanos) {
        int among = oneIn;
        if (among == 1 || (random.nextInt() & (among - 1)) == 0) {
            recorder.recordValue(Math.max(0, Math.min(MOST_MICROS, TimeUnit.NANOSECONDS.toMicros(elapsedNanos))));
        }
        // One thread turns; the others go on with what is known.
        if (nowNanos - turnNanos >= 0 && turning.tryLock()) {
            try {
                long late = nowNanos - turnNanos;
                if (late >= 0) {
                    turn(1 + late / SLICE_NANOS);
                    turnNanos = nowNanos + SLICE_NANOS;
                }
            } finally {
                turning.unlock();
            }
        }
    }

    private void turn(long slicesOver) {
        long recorded = 0;
        for (long i = Math.min(SLICES, slicesOver); i > 0; i--) {
            Histogram before = slices[oldest];
            if (before != null) {
                sum.subtract(before);
            }
            Histogram slice = recorder.getIntervalHistogram(before);
            slices[oldest] = slice;
            sum.add(slice);
            recorded += slice.getTotalCount();
            oldest = (oldest + 1) % SLICES;
        }
        long each = recorded * oneIn / slicesOver / ENOUGH_OF_SLICE;
        oneIn = Integer.highestOneBit((int) Math.max(1, Math.min(LEAST_OFTEN, each)));
        long micros = MOST_MICROS;
        long overMost = MOST_MICROS;
        long count = sum.getTotalCount();
        if (count >= enough) {
            overMost = (long) (CLEARLY_OVER * sum.getValueAtPercentile(MOST_PERCENT));
            long floor = (long) (CLEARLY_OVER * sum.getValueAtPercentile(50));
            double ofFew = share + DEVIATIONS * Math.sqrt(share / count);
            micros = Math.max(floor, sum.getValueAtPercentile(100 * (1 - ofFew)));
            micros = micros < MOST_MICROS ? micros : OVER_MOST * sum.getValueAtPercentile(MOST_PERCENT);
        }
        afterNanos = nanos(micros);
        overMostNanos = nanos(overMost);
    }

    private static long nanos(long micros) {
        return micros >= MOST_MICROS ? UNKNOWN_NANOS : Math.max(LEAST_NANOS, TimeUnit.MICROSECONDS.toNanos(micros));
    }

    /** After how long an attempt is late; {@link #UNKNOWN_NANOS} while too little is known, or where it is over 2 s. */
    long afterNanos() {
        return afterNanos;
    }

    /** The same for an attempt that had {@code leftNanos} until its deadline when it was sent. */
    long afterNanos(long leftNanos) {
        long late = afterNanos;
        long half = leftNanos / 2;
        return late == UNKNOWN_NANOS || late <= half ? late : Math.min(late, Math.max(half, overMostNanos));
    }

    /** The same in seconds; NaN where it is not known. */
    double seconds() {
        long nanos = afterNanos;
        return nanos == UNKNOWN_NANOS ? Double.NaN : nanos / 1e9;
    }
}
