package dev.weft.guard;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.time.Time;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * So many at once, and so many more that wait their turn. First come, first served; who waits gives up at his
 * deadline or when he is cancelled. Lock-free; a free permit costs one compare-and-set.
 */
final class Permits {
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<Promise<Call>> queue = new ConcurrentLinkedQueue<>();

    /** Held and waiting. */
    int inUse() {
        return held.get() + waiting.get();
    }

    boolean tryTake(int max) {
        int seen;
        do {
            seen = held.get();
            if (seen >= max) {
                return false;
            }
        } while (!held.compareAndSet(seen, seen + 1));
        return true;
    }

    /** Takes without asking, where a limit only observes. */
    void take() {
        held.incrementAndGet();
    }

    /** Waits for a permit behind at most {@code maxWaiting - 1} others; fails with the reason else. */
    Reply<Call> await(Call call, int max, int maxWaiting) {
        if (waiting.incrementAndGet() > maxWaiting) {
            waiting.decrementAndGet();
            return new Failure<>(new MeshException(
                    Fate.REJECTED_LIMIT,
                    call.service() + ": " + max + " connections are in use (limits.connections) and " + maxWaiting
                            + " requests wait for one (limits.pending); not sent"));
        }
        Promise<Call> turn = new Promise<>();
        turn.onDone(call, (c, outcome) -> waiting.decrementAndGet());
        if (!call.pace().isBlocking() && call.hasDeadline()) {
            Time.Scheduled late = call.time()
                    .after(
                            call.remainingNanos(call.time().nanos()),
                            () -> turn.fail(call.deadlineExceeded("while it waited for a connection")));
            turn.onDone(call, (c, outcome) -> late.cancel());
        }
        call.onCancel(() -> turn.fail(call.cancellation()));
        queue.add(turn);
        // Whoever released between the look and the queueing saw nobody waiting.
        serve(max);
        return call.pace().settle(call, turn);
    }

    void release(int max) {
        held.decrementAndGet();
        if (waiting.get() > 0) {
            serve(max);
        }
    }

    private void serve(int max) {
        while (!queue.isEmpty() && tryTake(max)) {
            Promise<Call> next = queue.poll();
            while (next != null && !next.complete(TURN)) {
                next = queue.poll();
            }
            if (next == null) {
                held.decrementAndGet();
            }
        }
    }

    /** Nobody reads the call in it. */
    @SuppressWarnings("NullAway")
    private static final Outcome<Call> TURN = new Success<>(null);
}
