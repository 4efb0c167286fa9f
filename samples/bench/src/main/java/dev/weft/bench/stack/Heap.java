package dev.weft.bench.stack;

/** What is kept. */
public final class Heap {
    private Heap() {}

    /** Bytes that are in use after a collection: the least of some, so that what ends meanwhile is not counted. */
    public static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
