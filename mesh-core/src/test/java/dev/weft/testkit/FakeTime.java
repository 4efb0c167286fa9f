package dev.weft.testkit;

import dev.weft.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it: clock and timer in one. Tasks run on the thread that moves the
 * clock, in the order in which they are due, each at its own moment.
 *
 * <p>Moving it: {@link #advance}; {@link #step} to whatever is due next; or a thread that waits. A blocking call
 * parks on its own thread, where nobody is left to advance for it, so {@link #park} itself moves the clock to the
 * next task, or to the limit of the wait. With another real thread at work that would end the wait too early: take
 * {@link #hold} in such a test, and move the clock yourself.
 *
 * <p>Thread-safe; one thread at a time moves the clock.
 */
public final class FakeTime implements Time {
    private static final long REAL_POLL_NANOS = 500_000;
    private static final long FOREVER_NANOS = NEVER_NANOS;

    private final Instant epoch;
    private final long originNanos;
    /** Held by the thread that moves the clock, for as long as the due tasks run; reentrant for tasks that park. */
    private final ReentrantLock moving = new ReentrantLock();
    /** Guards tasks, limits and sequence; held for moments, never while a task runs. */
    private final ReentrantLock state = new ReentrantLock();

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.<Task>comparingLong(task -> task.dueNanos - this.originNanos())
                    .thenComparingLong(t -> t.order));
    private final List<Long> limits = new ArrayList<>();
    private final AtomicInteger holds = new AtomicInteger();
    private long order;
    private volatile long nowNanos;

    /** Begins at some moment in 2026, with a monotonic clock that begins anywhere. */
    public FakeTime() {
        this(Instant.parse("2026-01-01T00:00:00Z"), 1_000_000_000_000L);
    }

    /**
     * @param epoch the date to begin with
     * @param originNanos what {@link #nanos} begins with: any value must do
     */
    public FakeTime(Instant epoch, long originNanos) {
        this.epoch = epoch;
        this.originNanos = originNanos;
        this.nowNanos = originNanos;
    }

    private long originNanos() {
        return originNanos;
    }

    @Override
    public long nanos() {
        return nowNanos;
    }

    @Override
    public Instant now() {
        return epoch.plusNanos(nowNanos - originNanos);
    }

    /** How long the test has run, in its own time. */
    public Duration elapsed() {
        return Duration.ofNanos(nowNanos - originNanos);
    }

    @Override
    public Scheduled after(long delayNanos, Runnable task) {
        state.lock();
        try {
            Task scheduled = new Task(Time.plus(nowNanos, Math.max(0, delayNanos)), order++, task);
            tasks.add(scheduled);
            return () -> remove(scheduled);
        } finally {
            state.unlock();
        }
    }

    private void remove(Task task) {
        state.lock();
        try {
            tasks.remove(task);
        } finally {
            state.unlock();
        }
    }

    /** How many tasks wait for their time: zero when everything was cleaned up. */
    public int pending() {
        state.lock();
        try {
            return tasks.size();
        } finally {
            state.unlock();
        }
    }

    /** Moves the clock on, running what falls due on the way. What a task throws is thrown here. */
    public void advance(Duration by) {
        moving.lock();
        try {
            long target = nowNanos + by.toNanos();
            for (Task task = takeUntil(target); task != null; task = takeUntil(target)) {
                task.work.run();
            }
            moveTo(target);
        } finally {
            moving.unlock();
        }
    }

    /** The process stands still for so long: what falls due meanwhile runs when that is over, and late. */
    public void stall(Duration by) {
        moving.lock();
        try {
            moveTo(nowNanos + by.toNanos());
            advance(Duration.ZERO);
        } finally {
            moving.unlock();
        }
    }

    /** Moves the clock to the next task and runs it; false when there is none. */
    public boolean step() {
        moving.lock();
        try {
            Task task = takeUntil(originNanos + FOREVER_NANOS);
            if (task != null) {
                task.work.run();
            }
            return task != null;
        } finally {
            moving.unlock();
        }
    }

    /** From now on a thread that waits does not move the clock: somebody else will. */
    public void hold() {
        holds.incrementAndGet();
    }

    /** Takes one {@link #hold} back. */
    public void release() {
        holds.decrementAndGet();
    }

    @Override
    public void park(BooleanSupplier done, long untilNanos) {
        enter(untilNanos);
        try {
            while (!done.getAsBoolean()
                    && (untilNanos == NEVER_NANOS || untilNanos - nowNanos > 0)
                    && !Thread.currentThread().isInterrupted()) {
                if (!moveForWaiters()) {
                    LockSupport.parkNanos(this, REAL_POLL_NANOS);
                }
            }
        } finally {
            leave(untilNanos);
        }
    }

    /** To the next task or to where the first waiter gives up; false when that is for somebody else to do. */
    private boolean moveForWaiters() {
        if (holds.get() > 0 || !moving.tryLock()) {
            return false;
        }
        try {
            long limit = firstLimit();
            Task task = takeUntil(limit);
            if (task != null) {
                task.work.run();
                return true;
            }
            if (limit == originNanos + FOREVER_NANOS) {
                return false;
            }
            moveTo(limit);
            return true;
        } finally {
            moving.unlock();
        }
    }

    /** The first task due at or before {@code limit}, with the clock moved to it. */
    private @Nullable Task takeUntil(long limit) {
        state.lock();
        try {
            Task first = tasks.peek();
            if (first == null || first.dueNanos - limit > 0) {
                return null;
            }
            moveTo(first.dueNanos);
            return tasks.poll();
        } finally {
            state.unlock();
        }
    }

    private void moveTo(long nanos) {
        nowNanos = nanos - nowNanos > 0 ? nanos : nowNanos;
    }

    private void enter(long untilNanos) {
        state.lock();
        try {
            limits.add(untilNanos);
        } finally {
            state.unlock();
        }
    }

    private void leave(long untilNanos) {
        state.lock();
        try {
            limits.remove(Long.valueOf(untilNanos));
        } finally {
            state.unlock();
        }
    }

    private long firstLimit() {
        state.lock();
        try {
            return limits.stream()
                    .filter(limit -> limit != FOREVER_NANOS)
                    .min(Comparator.comparingLong(limit -> limit - originNanos))
                    .orElse(originNanos + FOREVER_NANOS);
        } finally {
            state.unlock();
        }
    }

    @Override
    public String toString() {
        return "FakeTime(" + elapsed() + ", " + pending() + " tasks)";
    }

    private record Task(long dueNanos, long order, Runnable work) {}
}
