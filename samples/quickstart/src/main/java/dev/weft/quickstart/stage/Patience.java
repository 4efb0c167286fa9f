package dev.weft.quickstart.stage;

import dev.weft.time.Time;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what nobody tells. */
final class Patience {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Patience() {}

    /** Whether {@code done} came true within that time. */
    static boolean until(Time time, Duration atMost, BooleanSupplier done) {
        long end = time.nanos() + atMost.toNanos();
        while (!done.getAsBoolean()) {
            long now = time.nanos();
            if (now - end >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            time.park(() -> false, Math.min(end, now + LOOK_NANOS));
        }
        return true;
    }
}
