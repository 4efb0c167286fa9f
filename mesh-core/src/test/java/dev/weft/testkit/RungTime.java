package dev.weft.testkit;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Stands still, and its timers ring when they are told to: the time for {@link Linearizable} where something waits. */
public final class RungTime extends StillTime {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    @Override
    public Scheduled after(long delayNanos, Runnable task) {
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    /** Runs what waits, and what comes to wait meanwhile. */
    public void ring() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
