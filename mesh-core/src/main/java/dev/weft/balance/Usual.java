package dev.weft.balance;

import dev.weft.time.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The most that each zone had lately, in weight of endpoints: a zone whose endpoints have gone still has its callers.
 * After ten minutes the next change takes what there is for what is usual. Thread-safe.
 */
final class Usual {
    private static final long LATELY_NANOS = Duration.ofMinutes(10).toNanos();

    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Mark> marks = new HashMap<>();

    Usual(Time time) {
        this.time = time;
    }

    /** Of each zone, where this is what it has now. */
    Map<String, Double> after(Map<String, Double> now) {
        lock.lock();
        try {
            now.keySet().forEach(zone -> marks.computeIfAbsent(zone, z -> new Mark()));
            Map<String, Double> most = new HashMap<>();
            marks.forEach((zone, mark) -> most.put(zone, mark.after(now.getOrDefault(zone, 0.0), time.nanos())));
            marks.values().removeIf(mark -> mark.most == 0);
            return most;
        } finally {
            lock.unlock();
        }
    }

    private static final class Mark {
        double most;
        private double last;
        private long reachedNanos;

        double after(double now, long nowNanos) {
            if (last >= most) {
                // It had it up to this change.
                reachedNanos = nowNanos;
            }
            if (now >= most || nowNanos - reachedNanos > LATELY_NANOS) {
                most = now;
                reachedNanos = nowNanos;
            }
            last = now;
            return most;
        }
    }
}
