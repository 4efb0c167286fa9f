package dev.weft.guard;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.call.WaitQueue;
import dev.weft.stack.ServiceState;
import dev.weft.time.Time;
import java.util.concurrent.atomic.AtomicInteger;

/** So many at once, and so many more that wait their turn. A free permit costs one compare-and-set. */
final class Permits implements ServiceState.Closeable {
    private final AtomicInteger held = new AtomicInteger();
    private final WaitQueue<Call> queue = new WaitQueue<>();

    /** Held and waiting. */
    int inUse() {
        return held.get() + queue.size();
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
        Promise<Call> turn =
                queue.join(call, maxWaiting, Time.NEVER_NANOS, call::cancellation, "while it waited for a connection");
        if (turn == null) {
            return new Failure<>(new MeshException(
                    Fate.REJECTED_LIMIT,
                    call.service() + ": " + max + " connections are in use (limits.connections) and " + maxWaiting
                            + " requests wait for one (limits.pending); not sent"));
        }
        // Whoever released between the look and the queueing saw nobody waiting.
        serve(max);
        return call.pace().resume(call, turn).then(call, (c, outcome) -> {
            if (outcome instanceof Failure<Call> && turn.outcome() instanceof Success<Call>) {
                // Its turn came, and it could not go on.
                release(max);
            }
            return outcome;
        });
    }

    void release(int max) {
        held.decrementAndGet();
        serve(max);
    }

    private void serve(int max) {
        while (queue.size() > 0 && tryTake(max)) {
            if (!queue.serve(TURN)) {
                held.decrementAndGet();
            }
        }
    }

    /** Those who wait are told that the mesh is closed. */
    @Override
    public void close() {
        queue.close(new Failure<>(new MeshException(Fate.CANCELLED, "the mesh is closed; not sent")));
    }

    /** Nobody reads the call in it. */
    @SuppressWarnings("NullAway")
    private static final Outcome<Call> TURN = new Success<>(null);
}
