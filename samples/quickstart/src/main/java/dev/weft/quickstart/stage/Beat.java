package dev.weft.quickstart.stage;

import dev.weft.time.Time;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Does something at a steady rate, in a thread of its own; what a stall held up is made up for. */
final class Beat implements AutoCloseable {
    private final Time time;
    private final long everyNanos;
    private final Runnable task;
    private final Thread thread;
    private volatile boolean closed;

    private Beat(String name, Time time, Duration every, Runnable task) {
        this.time = time;
        this.everyNanos = every.toNanos();
        this.task = task;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    static Beat start(String name, Time time, Duration every, Runnable task) {
        Beat beat = new Beat(name, time, every, task);
        beat.thread.start();
        return beat;
    }

    private void run() {
        long next = time.nanos();
        while (!closed) {
            task.run();
            next += everyNanos;
            time.park(() -> closed, next);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
