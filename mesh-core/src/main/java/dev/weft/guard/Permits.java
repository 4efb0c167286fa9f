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
import org.jspecify.annotations.Nullable;

/**
 * So many at once, and so many more that wait their turn: first come, first served, nobody passes who came later. A free
 * permit costs a look and one compare-and-set.
 */
final class Permits implements ServiceState.Closeable {
    private final AtomicInteger held = new AtomicInteger();
    private final WaitQueue<Call> queue = new WaitQueue<>();

    /** Held and waiting. */
    int inUse() {
        return held.get() + queue.size();
    }

    /** How many wait. */
    int waiting() {
        return queue.size();
    }

    /** Takes a permit unless {@code max} are held or somebody waits for one. */
    boolean tryTake(int max) {
        if (queue.size() > 0) {
            // There may be more permits than when they came: policy has changed, or connections turned out to be
            // shared.
            serve(max);
        }
        return queue.size() == 0 && takeBelow(max);
    }

    /** Takes without asking, where a limit only observes. */
    void take() {
        held.incrementAndGet();
    }

    /** Waits for a permit behind at most {@code maxWaiting - 1} others; null where so many wait. */
    @Nullable
    Reply<Call> await(Call call, int max, int maxWaiting) {
        Promise<Call> turn =
                queue.join(call, maxWaiting, Time.NEVER_NANOS, call::cancellation, "while it waited for a connection");
        if (turn == null) {
            return null;
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
        while (queue.size() > 0 && takeBelow(max)) {
            if (!queue.serve(TURN)) {
                held.decrementAndGet();
            }
        }
    }

    private boolean takeBelow(int max) {
        int seen;
        do {
            seen = held.get();
            if (seen >= max) {
                return false;
            }
        } while (!held.compareAndSet(seen, seen + 1));
        return true;
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
