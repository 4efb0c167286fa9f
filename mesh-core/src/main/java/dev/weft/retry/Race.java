package dev.weft.retry;

import dev.weft.call.Call;
import dev.weft.call.Cancellable;
import dev.weft.call.Criticality;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.time.Lookout;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One try with up to two legs. The first good answer wins, and the other leg is cut off; a leg that ends badly leaves
 * it to the other. A blocking caller runs the first leg itself; the second runs beside it.
 */
final class Race<R> implements Reply.Observer<R>, Cancellable {
    private enum State {
        /** The first leg is under way. */
        ALONE,
        BOTH,
        /** One of two has ended badly. */
        LAST,
        DECIDED
    }

    private final HedgeFilter<R> filter;
    private final Call first;
    private final Service<R> next;
    private final Promise<R> result;
    private final AtomicReference<State> state = new AtomicReference<>(State.ALONE);
    private volatile @Nullable Call second;

    /** There is a second leg, or there will be none. Only whoever looks reads and writes it, one at a time. */
    private boolean settled;

    /**
     * Of an attempt that is under way, whose end is told to {@link #done}, or to {@link #join} if it blocks.
     *
     * @param result what its caller gets
     */
    Race(HedgeFilter<R> filter, Call first, Service<R> next, Promise<R> result) {
        this.filter = filter;
        this.first = first;
        this.next = next;
        this.result = result;
    }

    /** The first leg of a blocking attempt is over. */
    Reply<R> join(Reply<R> reply) {
        reply.onDone(first, this);
        result.onDone(first, (c, outcome) -> {
            if (state.getAndSet(State.DECIDED) != State.DECIDED) {
                // A blocking caller waits no longer.
                cancel();
            }
        });
        return first.pace().settle(first, result);
    }

    /**
     * Does what is due by now; one at a time, on a timer thread.
     *
     * @param lookout knows when this process last stood still: what was sent before may be late for that
     * @return how long it can go without another look
     */
    long look(long nowNanos, Lookout<?> lookout) {
        if (state.get() != State.ALONE) {
            return Lookout.NEVER_NANOS;
        }
        long left = filter.untilLate(first, nowNanos, lookout);
        if (left > 0) {
            return left;
        }
        boolean again = first.late();
        if (!again && first.sentNanos() - lookout.stalledNanos() >= 0) {
            filter.late(first, nowNanos);
        }
        filter.aged(first, nowNanos);
        if (!settled && filter.overloaded(nowNanos)) {
            settled = true;
        } else if (!settled && filter.mayHedge(first, again, nowNanos)) {
            settled = true;
            first.pace().after(0, this::startSecond);
        }
        // There may be something to pay with later; and the older it is, the more it says of its node.
        return HedgeFilter.untilNextLook(first, nowNanos);
    }

    private void startSecond() {
        if (!state.compareAndSet(State.ALONE, State.BOTH)) {
            return;
        }
        Call leg = first.newRival();
        // Whoever sheds load sheds the legs that somebody else may answer first.
        leg.context(Criticality.in(leg.context()).lowered().storeInContext(leg.context()));
        second = leg;
        // Whoever cancels from now on means both; who did before has cut off the first, and is heard here.
        first.logical().onCancel(this, first);
        if (state.get() == State.DECIDED) {
            leg.cancel();
        }
        Reply<R> reply = next.attempt(leg);
        reply.onDone(leg, this);
    }

    /** A leg is known. */
    @Override
    public void done(Call leg, Outcome<R> outcome) {
        if (leg == first) {
            filter.done(first, outcome);
        }
        boolean good =
                outcome instanceof Success<R> && (leg.verdict() == Verdict.OK || leg.verdict() == Verdict.CALLER_ERROR);
        State now = state.getAndUpdate(seen -> seen == State.BOTH && !good ? State.LAST : State.DECIDED);
        if (now == State.DECIDED || (now == State.BOTH && !good)) {
            drop(leg, outcome);
            return;
        }
        Call call = leg.logical();
        call.latest(leg);
        if (good && leg != first) {
            call.fate(Fate.SUCCESS_BY_HEDGE);
        }
        Call other = leg == first ? second : first;
        if (other != null) {
            if (now == State.LAST) {
                leg.endedAfter(other);
            }
            other.cancel();
        }
        result.complete(outcome);
    }

    private void drop(Call leg, Outcome<R> outcome) {
        leg.drop(outcome, filter.wire());
        if (outcome instanceof Failure<R>) {
            leg.end(null);
        }
    }

    @Override
    public void cancel() {
        first.cancel();
        Call other = second;
        if (other != null) {
            other.cancel();
        }
    }
}
