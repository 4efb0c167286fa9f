package dev.weft.testkit;

import dev.weft.time.Time;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Nothing waits, and there is nothing in it that two threads could see differently: the time for {@link Linearizable}. */
public class StillTime implements Time {
    private final Runnable asked;

    public StillTime() {
        this(() -> {});
    }

    /** @param asked is run by whoever asks for the time: to let others go first, say */
    public StillTime(Runnable asked) {
        this.asked = asked;
    }

    @Override
    public long nanos() {
        asked.run();
        return 0;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    @Override
    public Scheduled after(long delayNanos, Runnable task) {
        throw new UnsupportedOperationException("nothing waits here");
    }

    @Override
    public void park(BooleanSupplier done, long untilNanos) {
        throw new UnsupportedOperationException("nothing waits here");
    }
}
