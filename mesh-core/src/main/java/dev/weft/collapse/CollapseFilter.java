package dev.weft.collapse;

import dev.weft.call.Call;
import dev.weft.call.Deadline;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Sharing;
import dev.weft.call.Success;
import dev.weft.call.Wire;
import dev.weft.collapse.Flight.Seat;
import dev.weft.policy.Policy;
import dev.weft.stack.Fit;
import dev.weft.time.Time;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Sends the first of those that ask the same, beside the calls themselves, and has the others wait for its answer, each
 * within its own deadline. A flight has the deadline of the call that began it, which is what the server is told; those
 * that have time left when it ends so take the next one together.
 */
final class CollapseFilter<R> implements Filter<R> {
    private final ConcurrentMap<Object, Flight<R>> flights = new ConcurrentHashMap<>();
    private final Wire<R> wire;
    private final Sharing<R> sharing;
    private final LongAdder shared;
    private final LongAdder alone;
    private final long mostBytes;

    CollapseFilter(Fit<R> fit, Sharing<R> sharing, LongAdder shared, LongAdder alone) {
        Policy policy = fit.policy();
        this.wire = fit.wire();
        this.sharing = sharing;
        this.shared = shared;
        this.alone = alone;
        this.mostBytes = policy.get(CollapseLayer.MOST_BYTES);
    }

    @Override
    public Reply<R> apply(Call call, Service<R> next) {
        Object key = sharing.key(call);
        return key == null ? next.call(call) : fly(call, key, next);
    }

    private Reply<R> fly(Call call, Object key, Service<R> next) {
        while (true) {
            Flight<R> known = flights.get(key);
            Flight<R> flight = known == null ? new Flight<>(call.newStandIn(sharing.request(call))) : known;
            Seat<R> seat = flight.board(call);
            if (seat == null) {
                flights.remove(key, flight);
            } else if (known != null || flights.putIfAbsent(key, flight) == null) {
                if (known == null) {
                    begin(flight, key, next);
                }
                return await(flight, seat, key, next);
            }
        }
    }

    private void begin(Flight<R> flight, Object key, Service<R> next) {
        Call call = flight.call();
        next.call(call).onDone(call, (c, outcome) -> {
            flights.remove(key, flight);
            landed(flight, outcome);
        });
    }

    private Reply<R> await(Flight<R> flight, Seat<R> seat, Object key, Service<R> next) {
        Call call = seat.call();
        Promise<Landing<R>> landing = seat.landing();
        call.onCancel(() -> landing.fail(call.cancellation()));
        if (!call.pace().isBlocking() && call.hasDeadline() && !landing.done()) {
            Time.Scheduled timer = call.pace()
                    .after(
                            call.remainingNanos(call.time().nanos()),
                            () -> landing.fail(
                                    call.deadlineExceeded("while it waited for the answer to another's call")));
            landing.onDone(call, (c, known) -> timer.cancel());
        }
        return call.pace().settle(call, landing).then(call, (c, known) -> {
            if (known instanceof Success<Landing<R>> success) {
                return disembark(flight, c, success.value(), key, next);
            }
            flight.leave(seat);
            return new Failure<>(((Failure<Landing<R>>) known).cause());
        });
    }

    private Reply<R> disembark(Flight<R> flight, Call call, Landing<R> landing, Object key, Service<R> next) {
        Outcome<R> outcome = landing.outcome();
        if (outcome != null) {
            call.takeOver(flight.call(), landing.owned());
            return outcome;
        }
        if (landing.again()) {
            return fly(call, key, next);
        }
        alone.increment();
        return next.call(call);
    }

    // The flight's end, on the thread that brings the answer.

    private void landed(Flight<R> flight, Outcome<R> outcome) {
        List<Seat<R>> seats = flight.close();
        if (outcome instanceof Success<R> success) {
            if (seats.size() > 1) {
                sharing.read(success.value(), mostBytes, copies -> {
                    if (copies == null) {
                        toOne(seats, success);
                    } else {
                        toAll(seats, copies);
                    }
                });
            } else {
                toOne(seats, success);
            }
        } else {
            failed(flight, seats, outcome);
        }
    }

    private void toAll(List<Seat<R>> seats, Supplier<R> copies) {
        boolean first = true;
        for (Seat<R> seat : seats) {
            if (seat.landing().succeed(new Landing<>(new Success<>(copies.get()), first, false))) {
                if (!first) {
                    shared.increment();
                }
                first = false;
            }
        }
    }

    /** The answer is not to be shared: to the first who still wants it; the others ask for themselves. */
    private void toOne(List<Seat<R>> seats, Success<R> answer) {
        boolean given = false;
        for (Seat<R> seat : seats) {
            given |= seat.landing()
                    .succeed(given ? new Landing<>(null, false, false) : new Landing<>(answer, true, false));
        }
        if (!given) {
            wire.discard(answer.value());
        }
    }

    private void failed(Flight<R> flight, List<Seat<R>> seats, Outcome<R> outcome) {
        Call call = flight.call();
        boolean late = call.hasDeadline() && outOfTime(call, outcome);
        long enough = call.time().nanos() + Deadline.TOO_LITTLE_NANOS;
        boolean first = true;
        for (Seat<R> seat : seats) {
            Call waiting = seat.call();
            boolean hasTime = !waiting.hasDeadline() || waiting.deadlineNanos() - call.deadlineNanos() > 0;
            if (late && hasTime && !waiting.expiresBefore(enough)) {
                seat.landing().succeed(new Landing<>(null, false, true));
            } else if (seat.landing().succeed(new Landing<>(outcome, first, false))) {
                if (!first) {
                    shared.increment();
                }
                first = false;
            }
        }
    }

    private static boolean outOfTime(Call call, Outcome<?> outcome) {
        return call.expiresBefore(call.time().nanos() + Deadline.TOO_LITTLE_NANOS)
                || (outcome instanceof Failure<?> failure
                        && failure.cause() instanceof MeshException mesh
                        && mesh.fate() == Fate.FAILED_DEADLINE);
    }
}
