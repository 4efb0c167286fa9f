package dev.weft.call;

import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
public final class Call extends CallAnswer {
    /** The deadline of a call that has none. */
    public static final long NO_DEADLINE_NANOS = Time.NEVER_NANOS;

    private static final VarHandle ATTEMPTS;

    static {
        try {
            ATTEMPTS = MethodHandles.lookup().findVarHandle(Call.class, "attempts", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Changes for the answer of a stand-in only. */
    private @Nullable Call parent;

    /** Changes for an attempt that has raced only. */
    private @Nullable Call previous;

    private final Object request;
    private final Policy policy;
    private final Pace pace;
    private Context context;

    private @Nullable Node node;
    private @Nullable Call latest;

    /** Of a logical call: how many it has made. Of an attempt: which it is. */
    @SuppressWarnings("unused") // through ATTEMPTS
    private volatile int attempts;

    /**
     * A logical call, starting now.
     *
     * @param request the transport's request
     * @param context the caller's context: trace, baggage and the deadline it stands under
     */
    public Call(Object request, Policy policy, Pace pace, Context context) {
        this(request, policy, pace, context, new Ends(new Pauses()));
    }

    /**
     * One of many of a kind.
     *
     * @param ends made once for all calls that go through the same chain
     */
    public Call(Object request, Policy policy, Pace pace, Context context, Ends ends) {
        super(ends, pace.time().nanos(), NO_DEADLINE_NANOS);
        this.parent = null;
        this.previous = null;
        this.request = request;
        this.policy = policy;
        this.pace = pace;
        this.context = context;
    }

    private Call(Call parent, @Nullable Call previous, Pace pace, int number, long startNanos, long deadlineNanos) {
        super(parent.ends().ofAttempts(), startNanos, deadlineNanos);
        this.parent = parent;
        this.previous = previous;
        this.request = parent.request;
        this.policy = parent.policy;
        this.pace = pace;
        this.context = parent.context;
        this.attempts = number;
    }

    /**
     * The next attempt at this logical call, starting now. It is the parent's {@link #latest} and what the
     * parent's cancellation cuts off.
     */
    public Call newAttempt() {
        int n = nextNumber();
        // The first attempt starts where the call did, which spares a look at the clock.
        long now = n == 1 ? startNanos() : time().nanos();
        Call attempt = new Call(this, latest, pace, n, now, deadlineNanos());
        latest = attempt;
        onCancel(attempt);
        return attempt;
    }

    /**
     * Of an attempt that is still under way: one more beside it, starting now, within the same deadline, that waits for
     * nobody. Which of the two is the parent's {@link #latest}, and what its cancellation cuts off, is for whoever has
     * them race to say.
     */
    public Call newRival() {
        Call call = logical();
        return new Call(call, this, pace.beside(), call.nextNumber(), time().nanos(), deadlineNanos());
    }

    /**
     * Of an attempt: one more beside it that its caller knows nothing of, to see how some node fares. It is no try at the
     * call: it neither counts as one nor stands under the call's deadline or cancellation.
     */
    public Call newProbe() {
        return new Call(logical(), null, pace.beside(), 1, time().nanos(), NO_DEADLINE_NANOS);
    }

    /**
     * A logical call that asks the same in this one's stead: beside it, within the same deadline, cut off by nobody but
     * whoever made it.
     *
     * @param request the same as this call's
     */
    public Call newStandIn(Object request) {
        Call standIn = new Call(request, policy, pace.beside(), context, new Ends(ends().pauses()));
        if (hasDeadline()) {
            standIn.shorten(deadlineNanos());
        }
        return standIn;
    }

    /**
     * What {@code standIn} has come to is what this call has come to.
     *
     * @param own this call alone stands for its attempts, and ends when the answer is closed; others have copies
     */
    public void takeOver(Call standIn, boolean own) {
        Call answering = standIn.latest;
        fateOf(standIn);
        if (answering != null) {
            saidBy(answering);
        }
        latest = answering;
        if (own) {
            ATTEMPTS.setVolatile(this, standIn.attempts);
            if (answering != null) {
                answering.parent = this;
                onCancel(answering);
            }
        }
    }

    private int nextNumber() {
        return (int) ATTEMPTS.getAndAdd(this, 1) + 1;
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
        return parent == null ? 0 : attempts;
    }

    /** How many attempts this logical call has made so far. */
    public int attempts() {
        return parent == null ? attempts : 0;
    }

    /** The attempt that was made, or has ended, before this one at the same call, or null. */
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

    /** This attempt has ended after its {@code rival}: what became of that is part of what was before, whichever began first. */
    public void endedAfter(Call rival) {
        if (rival.previous == this) {
            rival.previous = previous;
            previous = rival;
        }
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

    /** Whether an earlier attempt at the same call ended so. */
    public boolean endedBefore(Verdict verdict) {
        for (Call earlier = previous; earlier != null; earlier = earlier.previous) {
            if (earlier.verdict() == verdict) {
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
}
