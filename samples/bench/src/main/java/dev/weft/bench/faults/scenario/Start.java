package dev.weft.bench.faults.scenario;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The moment at which a run begins, in every process the same; on this one's monotonic clock. */
public record Start(long nanos) {
    private static final long MICRO_NANOS = 1000;

    /** @param epochMicros the moment on the machine's clock, which the processes share */
    public static Start at(long epochMicros) {
        return new Start(System.nanoTime() + (epochMicros - nowMicros()) * MICRO_NANOS);
    }

    public static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Nanoseconds since then; negative before. */
    public long elapsed() {
        return System.nanoTime() - nanos;
    }
}
