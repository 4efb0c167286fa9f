package dev.weft.time;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Looks after very many things under way, nearly all of which are over long before anything must be done: calls
 * and their deadlines. One timer serves them all and is moved only for what cannot wait for its next round, where
 * a timer of its own for each would wake a thread for nearly every call.
 *
 * <p>Thread-safe; lock-free and without allocation but for a new alarm, about one per round.
 *
 * @param <T> what is watched
 */
public final class Lookout<T> {
    /** To be watched and not to be looked at. */
    public static final long NEVER_NANOS = Time.NEVER_NANOS;

    private static final int BOARD_SHIFT = 10;
    private static final int BOARD_SIZE = 1 << BOARD_SHIFT;
    /** How many places of a board are tried before the next one is. */
    private static final int TRIES = 16;
    /** How many places are a thread's own, as long as no other has the same, and how far apart those of two threads are. */
    private static final int NEAR = 8;

    private static final int APART_SHIFT = 4;
    /** Scatters the numbers of threads, which come one after the other: 2^32 over the golden ratio. */
    private static final int SCATTER = 0x9E3779B9;
    /** Timers of a process that does well are not late by so much. */
    private static final long STALL_NANOS = 5_000_000;
    /** Of how many rounds, about, the lag is a mean: a sixteenth of each new one goes into it. */
    private static final int LAG_SHIFT = 4;

    private final Time time;
    private final RandomGenerator random;
    private final Look<? super T> look;
    private final ReentrantLock changes = new ReentrantLock();
    // Grown under the lock, never shrunk: as large as the most that were ever watched at once need.
    private volatile Boards<T> boards = new Boards<>(1);
    /** Written under the lock, and null by the round that it was for. */
    private volatile @Nullable Alarm alarm;

    private volatile long stalledNanos;
    private volatile long lagNanos;

    /**
     * @param random scatters those who come at once
     * @param look is called on a timer thread, so it must be short and must not throw
     */
    public Lookout(Time time, RandomGenerator random, Look<? super T> look) {
        this.time = time;
        this.random = random;
        this.look = look;
        this.stalledNanos = time.nanos();
    }

    /** One whose watched know themselves what is due. */
    public static <W extends Watched> Lookout<W> of(Time time) {
        return new Lookout<>(time, Chance.perThread(), (watched, place, now) -> watched.look(now));
    }

    /** What is done about whatever is watched. */
    @FunctionalInterface
    public interface Look<T> {
        /**
         * Does what is due by now.
         *
         * @param place where it is watched, for {@link #replace}
         * @return how long it can go without another look, in nanoseconds; {@link #NEVER_NANOS} for good
         */
        long look(T watched, int place, long nowNanos);
    }

    /** Something under way. */
    public interface Watched {
        /**
         * Does what is due by now; on a timer thread, so it must be short and must not throw.
         *
         * @return how long it can go without another look, in nanoseconds; {@link #NEVER_NANOS} for good
         */
        long look(long nowNanos);
    }

    /**
     * Watches until {@link #remove}. It is looked at when {@code delayNanos} have passed since {@code nowNanos}, and at
     * times before.
     *
     * @return the place to give back
     */
    public int add(T watched, long delayNanos, long nowNanos) {
        int place = place(watched);
        if (delayNanos != NEVER_NANOS) {
            long due = Time.plus(nowNanos, delayNanos);
            Alarm set = alarm;
            if (set == null || due - set.dueNanos < 0) {
                arm(due);
            }
        }
        return place;
    }

    /** Watches it no longer; a look may be under way. What was watched there: what was added, or stands in for it. */
    public T remove(int place) {
        return boards.of[place >>> BOARD_SHIFT].getAndSet(place & (BOARD_SIZE - 1), null);
    }

    /** Has {@code other} watched in place of what is there; false where that is watched no longer. */
    public boolean replace(int place, T watched, T other) {
        return boards.of[place >>> BOARD_SHIFT].compareAndSet(place & (BOARD_SIZE - 1), watched, other);
    }

    /** How many are watched; for tests and gauges. */
    public int watched() {
        AtomicInteger watched = new AtomicInteger();
        visit(each -> watched.incrementAndGet());
        return watched.get();
    }

    /** Has {@code visitor} see everything that is watched. */
    public void visit(Consumer<? super T> visitor) {
        for (AtomicReferenceArray<T> board : boards.of) {
            for (int i = 0; i < BOARD_SIZE; i++) {
                T watched = board.get(i);
                if (watched != null) {
                    visitor.accept(watched);
                }
            }
        }
    }

    /**
     * When a round last came late itself, or watching began: whatever was under way by then may have been kept waiting
     * by this process alone, which stood still or had too much to do.
     */
    public long stalledNanos() {
        return stalledNanos;
    }

    /**
     * How late rounds of late came themselves, on average, of each 5 ms at most: a tenth of a millisecond in a process that
     * has processors to spare, some milliseconds where its threads wait for one; all that is waited for is late as well.
     */
    public long lagNanos() {
        return lagNanos;
    }

    private int place(T watched) {
        Boards<T> seen = boards;
        int near = take(seen.of[0], near(), NEAR, watched);
        if (near >= 0) {
            return near;
        }
        int start = random.nextInt();
        while (true) {
            for (int b = 0; b < seen.of.length; b++) {
                int at = take(seen.of[b], start, TRIES, watched);
                if (at >= 0) {
                    return b << BOARD_SHIFT | at;
                }
            }
            grow(seen);
            seen = boards;
        }
    }

    /** Where this thread was before: its core has that part of the board, and no other writes there. */
    private static int near() {
        int scattered = (int) Thread.currentThread().getId() * SCATTER;
        return scattered >>> (Integer.SIZE - BOARD_SHIFT + APART_SHIFT) << APART_SHIFT;
    }

    /** The place taken, or -1 where none was free. */
    private static <T> int take(AtomicReferenceArray<T> board, int start, int tries, T watched) {
        for (int i = 0; i < tries; i++) {
            int at = (start + i) & (BOARD_SIZE - 1);
            if (board.get(at) == null && board.compareAndSet(at, null, watched)) {
                return at;
            }
        }
        return -1;
    }

    private void grow(Boards<T> full) {
        changes.lock();
        try {
            if (boards == full) {
                boards = new Boards<>(full);
            }
        } finally {
            changes.unlock();
        }
    }

    private void arm(long dueNanos) {
        changes.lock();
        try {
            Alarm set = alarm;
            if (set != null && dueNanos - set.dueNanos >= 0) {
                return;
            }
            if (set != null) {
                set.timer.cancel();
            }
            alarm = new Alarm(dueNanos, time.after(dueNanos - time.nanos(), this::round));
        } finally {
            changes.unlock();
        }
    }

    private void round() {
        // Under the lock: a timer that is due at once gets here before the alarm that it is for has been written down,
        // and would leave behind an alarm that never rings.
        Alarm rung;
        changes.lock();
        try {
            rung = alarm;
            // Whoever comes from here on sets an alarm of its own, so that nothing is missed behind this round's back.
            alarm = null;
        } finally {
            changes.unlock();
        }
        long now = time.nanos();
        if (rung != null) {
            long lag = Math.max(0, now - rung.dueNanos);
            if (lag > STALL_NANOS) {
                stalledNanos = now;
            }
            noteLag(Math.min(lag, STALL_NANOS));
        }
        long next = NEVER_NANOS;
        AtomicReferenceArray<T>[] seen = boards.of;
        for (int b = 0; b < seen.length; b++) {
            for (int i = 0; i < BOARD_SIZE; i++) {
                T watched = seen[b].get(i);
                next = watched == null ? next : Math.min(next, look.look(watched, b << BOARD_SHIFT | i, now));
            }
        }
        if (next != NEVER_NANOS) {
            arm(Time.plus(now, next));
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // rounds seldom meet; one of two counts then
    private void noteLag(long lag) {
        lagNanos += (lag - lagNanos) >> LAG_SHIFT;
    }

    private record Alarm(long dueNanos, Time.Scheduled timer) {}

    /** Places for those who are watched. */
    private static final class Boards<T> {
        final AtomicReferenceArray<T>[] of;

        Boards(int count) {
            this.of = array(count);
            of[0] = new AtomicReferenceArray<>(BOARD_SIZE);
        }

        /** One more. */
        Boards(Boards<T> full) {
            this.of = array(full.of.length + 1);
            System.arraycopy(full.of, 0, of, 0, full.of.length);
            of[full.of.length] = new AtomicReferenceArray<>(BOARD_SIZE);
        }

        @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know no type parameters
        private static <T> AtomicReferenceArray<T>[] array(int length) {
            return new AtomicReferenceArray[length];
        }
    }
}
