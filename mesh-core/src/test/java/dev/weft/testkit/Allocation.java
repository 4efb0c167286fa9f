package dev.weft.testkit;

import java.lang.management.ManagementFactory;

/** How many bytes something allocates each time, on this thread. */
public final class Allocation {
    private static final int ROUNDS = 5;

    private Allocation() {}

    /** The least of some rounds: the first ones load classes, and the measuring itself may allocate. */
    public static double bytesEach(int times, Runnable work) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return (double) least / times;
    }
}
