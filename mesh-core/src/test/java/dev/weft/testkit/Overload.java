package dev.weft.testkit;

import dev.weft.time.Time;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A server's handlers that stand in line for what is short, and callers who ask on at a rate of their own, whatever comes of
 * it. Thread-safe.
 */
public final class Overload {
    private final Time time = Time.system();
    private final long workNanos;
    private final double capacity;
    private final Semaphore workers;
    private final AtomicInteger worked = new AtomicInteger();

    /** @param workNanos how long a worker takes for a request */
    public Overload(int workers, long workNanos) {
        this.workNanos = workNanos;
        this.capacity = workers * 1e9 / workNanos;
        this.workers = new Semaphore(workers, true);
    }

    /** Requests a second that can be worked on. */
    public double capacity() {
        return capacity;
    }

    /** Waits for a worker, and for its work. */
    public void work() {
        workers.acquireUninterruptibly();
        try {
            time.park(() -> false, time.nanos() + workNanos);
        } finally {
            workers.release();
        }
        worked.incrementAndGet();
    }

    /** Requests that were worked on, since the last {@link #twice} was under way. */
    public int worked() {
        return worked.get();
    }

    /** What came of those asked at twice the capacity for four seconds, when that had gone on for one already. */
    public Came twice(Consumer<Came> ask) {
        asked(0.6, 2, ask);
        asked(2, 1, ask);
        worked.set(0);
        return asked(2, 4, ask);
    }

    /** Asks at that many times the capacity for so long. */
    public Came asked(double times, double seconds, Consumer<Came> ask) {
        Came came = new Came();
        long gap = (long) (1e9 / (times * capacity));
        long start = time.nanos();
        long end = start + (long) (seconds * 1e9);
        for (long at = start; at - end < 0; at += gap) {
            time.park(() -> false, at);
            came.asked.incrementAndGet();
            ask.accept(came);
        }
        return came;
    }

    /** What came of those asked within a while. */
    public static final class Came {
        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicInteger good = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicInteger failed = new AtomicInteger();

        public void isGood() {
            good.incrementAndGet();
        }

        public void isRefused() {
            refused.incrementAndGet();
        }

        public void hasFailed() {
            failed.incrementAndGet();
        }

        public int good() {
            return good.get();
        }

        public int refused() {
            return refused.get();
        }

        /** Whether all have been told. */
        public boolean over() {
            return good.get() + refused.get() + failed.get() == asked.get();
        }
    }
}
