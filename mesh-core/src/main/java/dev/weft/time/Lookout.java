package dev.weft.time;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks after very many things under way, nearly all of which are over long before anything must be done: calls
 * and their deadlines. One timer serves them all and is moved only for what cannot wait for its next round, where
 * a timer of its own for each would wake a thread for nearly every call.
 *
 * <p>Thread-safe; lock-free and without allocation but for a new alarm, about one per round.
 */
public final class Lookout {
    /** To be watched and not to be looked at. */
    public static final long NEVER_NANOS = Time.NEVER_NANOS;

    private static final int BOARD_SHIFT = 10;
    private static final int BOARD_SIZE = 1 << BOARD_SHIFT;
    /** How many places of a board are tried before the next one is. */
    private static final int TRIES = 16;

    private final Time time;
    private final ReentrantLock changes = new ReentrantLock();
    // Grown under the lock, never shrunk: as large as the most that were ever watched at once need.
    private volatile Boards boards = new Boards(1);
    /** Written under the lock, and null by the round that it was for. */
    private volatile @Nullable Alarm alarm;

    public Lookout(Time time) {
        this.time = time;
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
    public int add(Watched watched, long delayNanos, long nowNanos) {
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

    /** Watches it no longer; a look may be under way. */
    public void remove(int place) {
        boards.of[place >>> BOARD_SHIFT].set(place & (BOARD_SIZE - 1), null);
    }

    /** How many are watched; for tests and gauges. */
    public int watched() {
        AtomicInteger watched = new AtomicInteger();
        visit(each -> watched.incrementAndGet());
        return watched.get();
    }

    /** Has {@code visitor} see everything that is watched. */
    public void visit(Consumer<? super Watched> visitor) {
        for (AtomicReferenceArray<Watched> board : boards.of) {
            for (int i = 0; i < BOARD_SIZE; i++) {
                Watched watched = board.get(i);
                if (watched != null) {
                    visitor.accept(watched);
                }
            }
        }
    }

    private int place(Watched watched) {
        int start = ThreadLocalRandom.current().nextInt();
        while (true) {
            Boards seen = boards;
            for (int b = 0; b < seen.of.length; b++) {
                AtomicReferenceArray<Watched> board = seen.of[b];
                for (int i = 0; i < TRIES; i++) {
                    int at = (start + i) & (BOARD_SIZE - 1);
                    if (board.get(at) == null && board.compareAndSet(at, null, watched)) {
                        return b << BOARD_SHIFT | at;
                    }
                }
            }
            grow(seen);
        }
    }

    private void grow(Boards full) {
        changes.lock();
        try {
            if (boards == full) {
                boards = new Boards(full);
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
        changes.lock();
        try {
            // Whoever comes from here on sets an alarm of its own, so that nothing is missed behind this round's back.
            alarm = null;
        } finally {
            changes.unlock();
        }
        long now = time.nanos();
        long next = NEVER_NANOS;
        for (AtomicReferenceArray<Watched> board : boards.of) {
            for (int i = 0; i < BOARD_SIZE; i++) {
                Watched watched = board.get(i);
                next = watched == null ? next : Math.min(next, watched.look(now));
            }
        }
        if (next != NEVER_NANOS) {
            arm(Time.plus(now, next));
        }
    }

    private record Alarm(long dueNanos, Time.Scheduled timer) {}

    /** Places for those who are watched. */
    private static final class Boards {
        final AtomicReferenceArray<Watched>[] of;

        Boards(int count) {
            this.of = array(count);
            of[0] = new AtomicReferenceArray<>(BOARD_SIZE);
        }

        /** One more. */
        Boards(Boards full) {
            this.of = array(full.of.length + 1);
            System.arraycopy(full.of, 0, of, 0, full.of.length);
            of[full.of.length] = new AtomicReferenceArray<>(BOARD_SIZE);
        }

        @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know no type parameters
        private static AtomicReferenceArray<Watched>[] array(int length) {
            return new AtomicReferenceArray[length];
        }
    }
}
