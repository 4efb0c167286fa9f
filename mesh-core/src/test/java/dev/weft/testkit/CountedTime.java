package dev.weft.testkit;

import dev.weft.time.Time;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** The real clock, and how many timers are set at it: zero when everything was cleaned up. Thread-safe. */
public final class CountedTime implements Time {
    private final Time real = Time.system();
    private final AtomicInteger pending = new AtomicInteger();

    /** How many tasks wait for their time. */
    public int pending() {
        return pending.get();
    }

    @Override
    public long nanos() {
        return real.nanos();
    }

    @Override
    public Instant now() {
        return real.now();
    }

    @Override
    public Scheduled after(long delayNanos, Runnable task) {
        AtomicBoolean over = new AtomicBoolean();
        pending.incrementAndGet();
        Scheduled scheduled = real.after(delayNanos, () -> {
            try {
                task.run();
            } finally {
                over(over);
            }
        });
        return () -> {
            scheduled.cancel();
            over(over);
        };
    }

    private void over(AtomicBoolean over) {
        if (over.compareAndSet(false, true)) {
            pending.decrementAndGet();
        }
    }

    @Override
    public void park(BooleanSupplier done, long untilNanos) {
        real.park(done, untilNanos);
    }
}
