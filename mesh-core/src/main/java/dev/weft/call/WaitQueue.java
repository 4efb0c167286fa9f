package dev.weft.call;

import dev.weft.time.Time;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait on this side for their turn: for discovery, for a connection. First come, first served. Who is
 * cancelled or has waited long enough is gone from here at once. Thread-safe; off the path of calls that need not wait.
 *
 * <p>Whoever joins looks again, after it has joined, whether it still must wait, and goes on with {@link Pace#resume}.
 */
public final class WaitQueue<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Promise<T>> waiting = new LinkedHashSet<>();
    private volatile int size;
    private @Nullable Outcome<T> closed;

    /** How many wait. */
    public int size() {
        return size;
    }

    /**
     * The promise of a turn; null where {@code most} wait already.
     *
     * @param nanos how long it waits at most, its deadline apart; {@link Time#NEVER_NANOS} for no other bound
     * @param late what it then fails with
     * @param doing what it is told where its deadline is nearer: {@code while it waited for a connection}
     */
    public @Nullable Promise<T> join(
            Call call, int most, long nanos, Supplier<? extends Throwable> late, String doing) {
        Promise<T> turn = new Promise<>();
        if (!enter(turn, most)) {
            return null;
        }
        turn.onDone(call, (c, outcome) -> leave(turn));
        long left = call.remainingNanos(call.time().nanos());
        if (Math.min(left, nanos) != Time.NEVER_NANOS) {
            Time.Scheduled timer = left <= nanos
                    ? call.time().after(left, () -> turn.fail(call.deadlineExceeded(doing)))
                    : call.time().after(nanos, () -> turn.fail(late.get()));
            turn.onDone(call, (c, outcome) -> timer.cancel());
        }
        call.onCancel(() -> turn.fail(call.cancellation()));
        return turn;
    }

    /** Gives whoever has waited longest its turn; false where nobody waits. */
    public boolean serve(Outcome<T> outcome) {
        while (true) {
            Promise<T> first = first();
            if (first == null || first.complete(outcome)) {
                return first != null;
            }
        }
    }

    /** Gives everybody who waits a turn. */
    public void serveAll(Outcome<T> outcome) {
        if (size > 0) {
            all().forEach(turn -> turn.complete(outcome));
        }
    }

    /** Tells everybody who waits, and whoever comes from now on, that it is over. */
    public void close(Outcome<T> outcome) {
        lock.lock();
        try {
            closed = outcome;
        } finally {
            lock.unlock();
        }
        serveAll(outcome);
    }

    private boolean enter(Promise<T> turn, int most) {
        Outcome<T> over;
        lock.lock();
        try {
            over = closed;
            if (over == null) {
                if (waiting.size() >= most) {
                    return false;
                }
                waiting.add(turn);
                size = waiting.size();
            }
        } finally {
            lock.unlock();
        }
        if (over != null) {
            turn.complete(over);
        }
        return true;
    }

    private void leave(Promise<T> turn) {
        lock.lock();
        try {
            waiting.remove(turn);
            size = waiting.size();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Promise<T> first() {
        lock.lock();
        try {
            Iterator<Promise<T>> inTurn = waiting.iterator();
            if (!inTurn.hasNext()) {
                return null;
            }
            Promise<T> first = inTurn.next();
            inTurn.remove();
            size = waiting.size();
            return first;
        } finally {
            lock.unlock();
        }
    }

    private List<Promise<T>> all() {
        lock.lock();
        try {
            return new ArrayList<>(waiting);
        } finally {
            lock.unlock();
        }
    }
}
