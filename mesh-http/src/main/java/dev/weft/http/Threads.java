package dev.weft.http;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that async calls run on: virtual where they are free of pinning, else daemons that are kept a while. */
final class Threads {
    /** From here on a virtual thread leaves its carrier even inside {@code synchronized} (JEP 491); OkHttp's HTTP/2 needs it. */
    private static final int UNPINNED_FEATURE = 24;

    private Threads() {}

    static ExecutorService perCall(String name) {
        return Runtime.version().feature() >= UNPINNED_FEATURE
                ? virtual()
                : new ThreadPoolExecutor(
                        0, Integer.MAX_VALUE, 60, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons(name));
    }

    private static ExecutorService virtual() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("Java " + Runtime.version() + " has no virtual threads", e);
        }
    }

    /** Runs {@code task} there, or where there is no thread to be had any more, after the end, at once. */
    static void run(Executor there, Runnable task) {
        try {
            there.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    static ThreadFactory daemons(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
