package dev.weft.bench.faults.peers;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads for callers that block, as many as are needed: in a server each request has one already. */
final class Callers {
    private static final int READY = 128;

    private Callers() {}

    static ExecutorService threads() {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(READY, Integer.MAX_VALUE, 1, TimeUnit.MINUTES, new SynchronousQueue<>());
        threads.prestartAllCoreThreads();
        return threads;
    }
}
