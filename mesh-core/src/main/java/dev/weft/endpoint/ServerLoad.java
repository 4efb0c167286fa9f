package dev.weft.endpoint;

import dev.weft.time.Time;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How busy this process is as a server: the requests that its inbound filters have under way, and how long such requests
 * took lately that came while there were about as many (Prequal). Thread-safe; no locks.
 */
public final class ServerLoad {
    /** Requests remembered of each number under way: exact below 8, four steps to each doubling from there. */
    private static final int EACH = 16;

    private static final int STEPS = 80;
    private static final int MOST = 1 << 20;
    /** What a server was like before says little of now. */
    private static final long LATELY_MILLIS = 5_000;

    private static final long MOST_MICROS = TimeUnit.MINUTES.toMicros(15);

    private final Time time;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger[] next = new AtomicInteger[STEPS];
    /** Microseconds and, in the lower half, when: milliseconds, wrapping. 0 where there is none. */
    private final AtomicLongArray samples = new AtomicLongArray(STEPS * EACH);

    public ServerLoad(Time time) {
        this.time = time;
        Arrays.setAll(next, i -> new AtomicInteger());
    }

    /**
     * A request has come. Whoever says so says also, once, when it is over.
     *
     * @return among how many it came, in steps; for {@link #left}
     */
    public int arrived() {
        return step(underWay.incrementAndGet());
    }

    /**
     * A request is over.
     *
     * @param arrived what {@link #arrived} said of it
     * @param fromNanos since when it was here
     * @param timed whether the time it took says how busy the server is, as that of a stream does not
     */
    public void left(int arrived, long fromNanos, boolean timed) {
        underWay.decrementAndGet();
        if (timed) {
            long now = time.nanos();
            long micros = TimeUnit.NANOSECONDS.toMicros(now - fromNanos);
            int at = arrived * EACH + (next[arrived].getAndIncrement() & (EACH - 1));
            long took = Math.max(1, Math.min(MOST_MICROS, micros)) << Integer.SIZE;
            samples.set(at, took | (millis(now) & 0xFFFF_FFFFL));
        }
    }

    /** What it is like now. */
    public LoadSignal now() {
        int inFlight = Math.max(0, underWay.get());
        int at = step(inFlight + 1);
        int millis = millis(time.nanos());
        long[] found = new long[2 * EACH];
        for (int apart = 0; apart < STEPS; apart++) {
            int size = recent(at - apart, found, 0, millis);
            size = apart == 0 ? size : recent(at + apart, found, size, millis);
            if (size > 0) {
                Arrays.sort(found, 0, size);
                return new LoadSignal(inFlight, TimeUnit.MICROSECONDS.toNanos(found[size / 2]));
            }
        }
        return new LoadSignal(inFlight, 0);
    }

    private int recent(int step, long[] found, int size, int millis) {
        if (step < 0 || step >= STEPS) {
            return size;
        }
        int grown = size;
        for (int i = step * EACH; i < (step + 1) * EACH; i++) {
            long sample = samples.get(i);
            if (sample != 0 && Math.abs(millis - (int) sample) <= LATELY_MILLIS) {
                found[grown++] = sample >>> Integer.SIZE;
            }
        }
        return grown;
    }

    private static int step(int count) {
        int some = Math.max(0, Math.min(MOST - 1, count));
        if (some < 4) {
            return some;
        }
        int power = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(some);
        return 4 * (power - 1) + ((some >> (power - 2)) & 3);
    }

    private static int millis(long nanos) {
        return (int) TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
