package dev.weft.guard;

import dev.weft.time.Time;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Our time as a {@link Clock} for libraries that ask for one; a change of the machine's date does not move it. */
final class MonotonicClock extends Clock {
    private final Time time;
    private final Instant origin;
    private final long originNanos;

    MonotonicClock(Time time) {
        this.time = time;
        this.origin = time.now();
        this.originNanos = time.nanos();
    }

    @Override
    public Instant instant() {
        return origin.plusNanos(time.nanos() - originNanos);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
