package dev.weft.call;

import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call and the record of it: what the application asked for, or one attempt at it.
 *
 * <p>A logical call has no {@link #parent}; its attempts are its children, made by {@link #newAttempt}. Metrics,
 * trace and log read the same fields of the same object, so they cannot disagree.
 *
 * <p>Two ends: the outcome is known at the response head, and the call ends when the body is closed. Decide at
 * the head; release at the end ({@link #onEnd}).
 *
 * <p>Threads: one thread at a time carries a call down and its answer up, and hands it over safely; those
 * fields are plain. {@link #cancel}, {@link #onCancel} and {@link #end} may come from any thread at any time.
 */
public final class Call implements Cancellable {
    /** The deadline of a call that has none. */
    public static final long NO_DEADLINE_NANOS = Long.MAX_VALUE;

    private static final VarHandle CUT;
    private static final VarHandle END;
    private static final VarHandle ATTEMPTS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            CUT = lookup.findVarHandle(Call.class, "cut", Cancellable.class);
            END = lookup.findVarHandle(Call.class, "endState", int.class);
            ATTEMPTS = lookup.findVarHandle(Call.class, "attempts", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final Cancellable CANCELLED = () -> {};
    private static final int OPEN = 0;
    /** Its end is its parent's end as well. */
    private static final int ADOPTED = 1;

    private static final int ENDED = 2;

    private final @Nullable Call parent;
    private final @Nullable Call previous;
    private final Object request;
    private final Policy policy;
    private final Pace pace;
    private final int number;
    private final long startNanos;
    private long deadlineNanos;
    private Context context;

    private @Nullable Node node;
    private @Nullable Outcome<?> outcome;
    private @Nullable Verdict verdict;
    private @Nullable Fate fate;
    private @Nullable Throwable bodyFailure;
    private int status;
    private long headNanos;
    private long endNanos;
    private @Nullable Call latest;

    @SuppressWarnings("unused") // through ATTEMPTS
    private volatile int attempts;

    @SuppressWarnings("unused") // through CUT
    private volatile @Nullable Cancellable cut;

    @SuppressWarnings("unused") // through END
    private volatile int endState;

    // Four are enough for the default stack, and spare a list in every call.
    private @Nullable EndListener end0;
    private @Nullable EndListener end1;
    private @Nullable EndListener end2;
    private @Nullable EndListener end3;
    private @Nullable List<EndListener> moreEnds;

    /**
     * A logical call, starting now.
     *
     * @param request the transport's request
     * @param context the caller's context: trace, baggage and the deadline it stands under
     */
    public Call(Object request, Policy policy, Pace pace, Context context) {
        this(null, request, policy, pace, context, 0, pace.time().nanos(), NO_DEADLINE_NANOS);
    }

    private Call(
            @Nullable Call parent,
            Object request,
            Policy policy,
            Pace pace,
            Context context,
            int number,
            long startNanos,
            long deadlineNanos) {
        this.parent = parent;
        this.previous = parent == null ? null : parent.latest;
        this.request = request;
        this.policy = policy;
        this.pace = pace;
        this.context = context;
        this.number = number;
        this.startNanos = startNanos;
        this.deadlineNanos = deadlineNanos;
    }

    /**
     * The next attempt at this logical call, starting now. It is the parent's {@link #latest} and what the
     * parent's cancellation cuts off.
     */
    public Call newAttempt() {
        int n = (int) ATTEMPTS.getAndAdd(this, 1) + 1;
        // The first attempt starts where the call did, which spares a look at the clock.
        long now = n == 1 ? startNanos : time().nanos();
        Call attempt = new Call(this, request, policy, pace, context, n, now, deadlineNanos);
        latest = attempt;
        onCancel(attempt);
        return attempt;
    }

    // What was asked for.

    /** The logical call that this is an attempt at, or null for a logical call. */
    public @Nullable Call parent() {
        return parent;
    }

    /** The logical call: the parent, or itself. */
    public Call logical() {
        return parent == null ? this : parent;
    }

    /** The transport's request. */
    public Object request() {
        return request;
    }

    public String service() {
        return policy.service();
    }

    public Policy policy() {
        return policy;
    }

    public Pace pace() {
        return pace;
    }

    public Time time() {
        return pace.time();
    }

    /** Trace, baggage and whatever else the caller's context carries. */
    public Context context() {
        return context;
    }

    public void context(Context context) {
        this.context = context;
    }

    // Attempts.

    /** 1 for the first attempt; 0 for a logical call. */
    public int number() {
        return number;
    }

    /** How many attempts this logical call has made so far. */
    public int attempts() {
        return (int) ATTEMPTS.getVolatile(this);
    }

    /** The attempt that was made before this one at the same call, or null. */
    public @Nullable Call previous() {
        return previous;
    }

    /** The attempt that was made last, or null before the first. */
    public @Nullable Call latest() {
        return latest;
    }

    /** Makes {@code attempt} the one whose answer is the call's answer, as the winner of a race. */
    public void latest(Call attempt) {
        latest = attempt;
    }

    /** Whether an earlier attempt at the same call went to {@code node}. */
    public boolean tried(Node candidate) {
        for (Call earlier = previous; earlier != null; earlier = earlier.previous) {
            if (earlier.node == candidate) {
                return true;
            }
        }
        return false;
    }

    /** The node that was picked, or null before the pick. */
    public @Nullable Node node() {
        return node;
    }

    public void node(Node node) {
        this.node = node;
    }

    // Time.

    public long startNanos() {
        return startNanos;
    }

    /** On the monotonic clock; {@link #NO_DEADLINE_NANOS} where there is none. */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    public boolean hasDeadline() {
        return deadlineNanos != NO_DEADLINE_NANOS;
    }

    /** A deadline can only come nearer: a later one is ignored. */
    public void shorten(long nanos) {
        if (!hasDeadline() || nanos - deadlineNanos < 0) {
            deadlineNanos = nanos;
        }
    }

    /** What is left at {@code nowNanos}; {@link Long#MAX_VALUE} without a deadline, negative when it has passed. */
    public long remainingNanos(long nowNanos) {
        return hasDeadline() ? deadlineNanos - nowNanos : Long.MAX_VALUE;
    }

    public boolean expiresBefore(long nanos) {
        return hasDeadline() && deadlineNanos - nanos < 0;
    }

    // What became of it.

    /** The transport reports the head: what it means, and the protocol's own status number (0 for none). */
    public void answered(Verdict verdict, int status, Outcome<?> outcome, long nowNanos) {
        this.verdict = verdict;
        this.status = status;
        this.outcome = outcome;
        this.headNanos = nowNanos;
    }

    /** What the transport made of it; {@link Verdict#REJECTED} where it never got there. */
    public Verdict verdict() {
        return verdict == null ? Verdict.REJECTED : verdict;
    }

    /** The protocol's own status number; 0 where there was no answer. */
    public int status() {
        return status;
    }

    /** The outcome, once the head is known. */
    public @Nullable Outcome<?> outcome() {
        return outcome;
    }

    /** When the head came; 0 before. */
    public long headNanos() {
        return headNanos;
    }

    /** When it ended; 0 before. */
    public long endNanos() {
        return endNanos;
    }

    /** Why the body broke off after the head, if it did. */
    public @Nullable Throwable bodyFailure() {
        return bodyFailure;
    }

    /** The layer that decides says why a call ended as it did; without a word the outcome speaks. */
    public void fate(Fate fate) {
        this.fate = fate;
    }

    /** How a logical call ended. Meaningful once it has ended. */
    public Fate fate() {
        if (outcome instanceof Failure<?> failure) {
            if (failure.cause() instanceof MeshException mesh) {
                return mesh.fate();
            }
            return cancelled() ? Fate.CANCELLED : fate == null ? Fate.FAILED_NOT_RETRYABLE : fate;
        }
        if (bodyFailure != null) {
            return cancelled() ? Fate.CANCELLED : Fate.FAILED_NOT_RETRYABLE;
        }
        if (fate != null) {
            return fate;
        }
        return switch (verdict()) {
            case THROTTLED, UNAVAILABLE, SERVER_ERROR -> Fate.FAILED_NOT_RETRYABLE;
            default -> attempts() > 1 ? Fate.SUCCESS_AFTER_RETRY : Fate.SUCCESS;
        };
    }

    public MeshException deadlineExceeded(String when) {
        return new MeshException(
                Fate.FAILED_DEADLINE,
                service() + ": the deadline passed " + when + " (" + logical().attempts() + " attempts made)");
    }

    public MeshException cancellation() {
        return new MeshException(Fate.CANCELLED, service() + ": the call was cancelled");
    }

    // Cancelling.

    /** Cuts off whatever runs for this call now, and whatever would be started for it later. */
    @Override
    public void cancel() {
        Cancellable running = (Cancellable) CUT.getAndSet(this, CANCELLED);
        if (running != null && running != CANCELLED) {
            running.cancel();
        }
    }

    public boolean cancelled() {
        return cut == CANCELLED;
    }

    /** What to cut off from now on, in place of what was named before; cut at once if the call is cancelled. */
    public void onCancel(Cancellable running) {
        Cancellable seen;
        do {
            seen = cut;
            if (seen == CANCELLED) {
                running.cancel();
                return;
            }
        } while (!CUT.compareAndSet(this, seen, running));
    }

    // Ending.

    /**
     * Has {@code listener} told when the call ends. For use on the way down only, before the call is handed to
     * whoever ends it. The last to come is told first.
     */
    public void onEnd(EndListener listener) {
        if (end0 == null) {
            end0 = listener;
        } else if (end1 == null) {
            end1 = listener;
        } else if (end2 == null) {
            end2 = listener;
        } else if (end3 == null) {
            end3 = listener;
        } else {
            if (moreEnds == null) {
                moreEnds = new ArrayList<>(4);
            }
            moreEnds.add(listener);
        }
    }

    /** Ends the call; {@code failure} says why its body broke off, if it did. Only the first end counts. */
    public void end(@Nullable Throwable failure) {
        if (endState != ENDED) {
            end(failure, time().nanos());
        }
    }

    private void end(@Nullable Throwable failure, long nowNanos) {
        int before = (int) END.getAndSet(this, ENDED);
        if (before == ENDED) {
            return;
        }
        bodyFailure = outcome instanceof Success<?> ? failure : null;
        endNanos = nowNanos;
        if (moreEnds != null) {
            for (int i = moreEnds.size() - 1; i >= 0; i--) {
                moreEnds.get(i).ended(this);
            }
        }
        tell(end3);
        tell(end2);
        tell(end1);
        tell(end0);
        if (before == ADOPTED && parent != null) {
            parent.end(failure, nowNanos);
        }
    }

    private void tell(@Nullable EndListener listener) {
        if (listener != null) {
            listener.ended(this);
        }
    }

    /**
     * Closes the record of a logical call with what its caller gets: at once for a failure, else when the
     * answer's body has been closed.
     */
    public void finish(Outcome<?> result) {
        Call answering = latest;
        if (answering == null) {
            // Answered, or refused, above the attempts.
            long now = time().nanos();
            answered(result instanceof Success<?> ? Verdict.OK : Verdict.REJECTED, 0, result, now);
            end(null, now);
            return;
        }
        long now = answering.headNanos == 0 ? time().nanos() : answering.headNanos;
        boolean itsOwn = answering.outcome == result || result instanceof Failure<?>;
        answered(itsOwn ? answering.verdict() : Verdict.OK, answering.status, result, now);
        if (result instanceof Failure<?> || !END.compareAndSet(answering, OPEN, ADOPTED)) {
            end(answering.bodyFailure, Math.max(now, answering.endNanos));
        }
    }
}
