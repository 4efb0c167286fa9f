package dev.weft.grpc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs one task after the other, in the order in which they came, on an executor of the user's; on one of ours where
 * that takes no more, so that a call is always told its end.
 */
final class Serial implements Executor, Runnable {
    private final Executor executor;
    private final Executor otherwise;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    Serial(Executor executor, Executor otherwise) {
        this.executor = executor;
        this.otherwise = otherwise;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() != 0) {
            return;
        }
        try {
            executor.execute(this);
        } catch (Throwable thrown) {
            // RejectedExecutionException, or whatever a broken one throws.
            otherwise.execute(this);
        }
    }

    /** Tasks do not throw. */
    @Override
    public void run() {
        int round = 1;
        do {
            for (int i = 0; i < round; i++) {
                Runnable task = tasks.poll();
                if (task != null) {
                    task.run();
                }
            }
            round = waiting.addAndGet(-round);
        } while (round != 0);
    }
}
