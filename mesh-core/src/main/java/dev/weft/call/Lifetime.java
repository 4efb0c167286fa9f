package dev.weft.call;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * How a call is cut off and how it ends: the part of it that any thread may touch at any time. Lock-free.
 *
 * <p>An end happens once. Who ends writes the record between two steps of the state, so that whoever sees the second
 * step, {@link #ENDED}, sees the record as well.
 */
abstract sealed class Lifetime implements Cancellable permits CallRecord {
    private static final VarHandle CUT;
    private static final VarHandle STATE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            CUT = lookup.findVarHandle(Lifetime.class, "cut", Cancellable.class);
            STATE = lookup.findVarHandle(Lifetime.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What {@link #cut} becomes when there is nothing more to name. */
    private enum Closed implements Cancellable {
        CANCELLED,
        /** Its caller has got something else; whatever still runs for it runs in vain. */
        ABANDONED;

        @Override
        public void cancel() {}
    }

    // The state: bits; below ENDING it is open.

    /** Its end is its parent's end as well. */
    private static final int ADOPTED = 1;
    /** Somebody disposes of its answer. */
    private static final int DISCARDED = 2;
    /** It took longer than nearly all others. */
    private static final int LATE = 4;
    /** Somebody ends it, and writes down how. */
    private static final int ENDING = 8;

    private static final int ENDED = 16;

    @SuppressWarnings("unused") // through CUT
    private volatile @Nullable Cancellable cut;

    @SuppressWarnings("unused") // through STATE
    private volatile int state;

    private Ends ends;

    Lifetime(Ends nobody) {
        this.ends = nobody;
    }

    // Cancelling.

    /**
     * Cuts off whatever runs for this call now, and whatever would be started for it later. Without effect once the
     * call has ended: what became of it stands.
     */
    @Override
    public final void cancel() {
        if (state >= ENDING) {
            return;
        }
        close(Closed.CANCELLED);
    }

    public final boolean cancelled() {
        return cut == Closed.CANCELLED;
    }

    /** Cuts off what runs in vain, now and later. No cancellation: what became of the call stands. */
    final void abandon() {
        close(Closed.ABANDONED);
    }

    private void close(Closed as) {
        Cancellable seen;
        do {
            seen = cut;
            if (seen instanceof Closed) {
                return;
            }
        } while (!CUT.compareAndSet(this, seen, as));
        if (seen != null) {
            seen.cancel();
        }
    }

    /** What to cut off from now on, in place of what was named before; cut at once if the call is cancelled. */
    public final void onCancel(Cancellable running) {
        Cancellable seen;
        do {
            seen = cut;
            if (seen instanceof Closed) {
                running.cancel();
                return;
            }
        } while (!CUT.compareAndSet(this, seen, running));
    }

    /**
     * As {@link #onCancel(Cancellable)}, in place of {@code before} only: where something else was named since, that is what
     * is cut off.
     */
    public final void onCancel(Cancellable running, Cancellable before) {
        if (!CUT.compareAndSet(this, before, running) && cut instanceof Closed) {
            running.cancel();
        }
    }

    /** Notes that it takes longer than nearly all others do. */
    public final void overdue() {
        STATE.getAndBitwiseOr(this, LATE);
    }

    /** Whether anybody has noted that it took longer than nearly all others do. */
    public final boolean late() {
        return (state & LATE) != 0;
    }

    // Ending.

    /**
     * Has {@code listener} told when the call ends. For use on the way down only, before the call is handed to
     * whoever ends it. The last to come is told first.
     */
    public final void onEnd(EndListener listener) {
        ends = ends.with(listener);
    }

    final Ends ends() {
        return ends;
    }

    /** Whether it has ended. */
    public final boolean ended() {
        return state >= ENDING;
    }

    /** Ends the call; {@code failure} says why its body broke off, if it did. Only the first end counts. */
    public final void end(@Nullable Throwable failure) {
        if (!ended()) {
            end(failure, self().time().nanos());
        }
    }

    final void end(@Nullable Throwable failure, long nowNanos) {
        int seen;
        do {
            seen = state;
            if (seen >= ENDING) {
                return;
            }
        } while (!STATE.compareAndSet(this, seen, seen | ENDING));
        record(failure, nowNanos);
        tellAll();
        if (self().parent() == null) {
            STATE.setRelease(this, ENDED);
        } else if (((int) STATE.getAndBitwiseOr(this, ENDED) & ADOPTED) != 0) {
            // Whoever it is now: it may be another than in the beginning.
            self().logical().end(failure, nowNanos);
        }
    }

    /** Has the parent end with this attempt; false when the attempt has ended already, with its record written. */
    final boolean adopt() {
        int seen;
        do {
            seen = state;
            if ((seen & ENDED) != 0) {
                return false;
            }
        } while (!STATE.compareAndSet(this, seen, seen | ADOPTED));
        return true;
    }

    /** True for the first who would dispose of its answer. */
    final boolean claimDisposal() {
        int seen;
        do {
            seen = state;
            if ((seen & DISCARDED) != 0) {
                return false;
            }
        } while (!STATE.compareAndSet(this, seen, seen | DISCARDED));
        return true;
    }

    /** Writes down how it ended. */
    abstract void record(@Nullable Throwable failure, long nowNanos);

    final Call self() {
        return (Call) this;
    }

    private void tellAll() {
        for (Ends at = ends; at != null; at = at.before()) {
            EndListener listener = at.listener();
            if (listener != null) {
                tell(listener);
            }
        }
    }

    private void tell(EndListener listener) {
        try {
            listener.ended(self());
        } catch (RuntimeException | Error e) {
            // It may not throw; if it does, the others must still release what they hold.
            LoggerFactory.getLogger(Call.class).error("{}: a listener failed at the end", self().service(), e);
        }
    }
}
