package dev.weft.time;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** Where random numbers come from; injected like time, so that a test or a simulation can repeat itself. */
public final class Chance {
    private static final RandomGenerator PER_THREAD =
            () -> ThreadLocalRandom.current().nextLong();

    private Chance() {}

    /** A generator for all threads without contention: each draws from its own. */
    public static RandomGenerator perThread() {
        return PER_THREAD;
    }
}
