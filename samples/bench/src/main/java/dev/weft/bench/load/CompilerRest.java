package dev.weft.bench.load;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * Waits for the compiler. Where as many threads as callers and servers want two cores it gets a twentieth of one and would
 * be busy for minutes, and a measurement would be of code that is not compiled yet: a service that is not at its limit
 * from its first moment leaves it what it needs.
 */
final class CompilerRest {
    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();
    /** Longer than it has to do with nearly any method. */
    private static final long QUIET_MILLIS = 300;

    private static final long AT_MOST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private CompilerRest() {}

    /** Returns when it has finished nothing for a while. It tells nobody, so it is asked now and then. */
    static void await() throws InterruptedException {
        long start = System.nanoTime();
        long before;
        long now = COMPILER.getTotalCompilationTime();
        do {
            before = now;
            Thread.sleep(QUIET_MILLIS);
            now = COMPILER.getTotalCompilationTime();
        } while (now != before && System.nanoTime() - start < AT_MOST_NANOS);
    }
}
