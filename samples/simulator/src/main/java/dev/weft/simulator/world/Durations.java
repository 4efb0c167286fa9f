package dev.weft.simulator.world;

import dev.weft.simulator.scenario.ServiceTime;
import java.util.random.RandomGenerator;

/** How long one server works on one request after the other. */
public final class Durations {
    private final ServiceTime time;
    private final RandomGenerator chance;

    public Durations(ServiceTime time, RandomGenerator chance) {
        this.time = time;
        this.chance = chance;
    }

    /** @param insteadNanos what it takes in place of its usual time, spread alike; 0 for the usual */
    public long next(long insteadNanos) {
        double nanos = (insteadNanos > 0 ? insteadNanos : time.nanos()) * spread();
        boolean slow = time.slowShare() > 0 && chance.nextDouble() < time.slowShare();
        return (long) Math.max(1, slow ? nanos * time.slowFactor() : nanos);
    }

    // StrictMath: the same bits on every machine.
    private double spread() {
        return switch (time.kind()) {
            case CONSTANT -> 1;
            case EXPONENTIAL -> -StrictMath.log(1 - chance.nextDouble());
            case LOG_NORMAL -> StrictMath.exp(time.sigma() * chance.nextGaussian());
        };
    }
}
