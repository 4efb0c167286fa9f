package dev.weft.admission;

import dev.weft.admission.Admission.End;
import dev.weft.endpoint.ServerLoad;
import io.opentelemetry.context.Context;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One request that came in, as admission and this process's load see it: they are told once how it ended, whoever says so
 * and however often. To be followed by {@link #end}, unless it is refused. Thread-safe.
 */
public final class Visit {
    private static final VarHandle OVER;

    static {
        try {
            OVER = MethodHandles.lookup().findVarHandle(Visit.class, "over", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Admission admission;
    private final ServerLoad load;
    private final long sinceNanos;
    private final @Nullable Refusal refusal;
    private final int arrived;

    /** Whether nobody need be told of it any more. */
    @SuppressWarnings("unused") // through OVER
    private volatile boolean over;

    /**
     * One that comes now.
     *
     * @param context holds its deadline and its criticality
     * @param attempt which attempt its caller says it is, as it came; null where he says nothing
     * @param nowNanos the monotonic clock
     */
    public Visit(Admission admission, ServerLoad load, Context context, @Nullable String attempt, long nowNanos) {
        this.admission = admission;
        this.load = load;
        this.sinceNanos = nowNanos;
        this.refusal = admission.admit(context, attempt, nowNanos);
        this.over = refusal != null;
        this.arrived = refusal == null ? load.arrived() : 0;
    }

    private Visit(Admission admission, ServerLoad load) {
        this.admission = admission;
        this.load = load;
        this.sinceNanos = 0;
        this.refusal = null;
        this.over = true;
        this.arrived = 0;
    }

    /** One that is always let in, and of which nobody is told: it asks how this process is. */
    public static Visit uncounted(Admission admission, ServerLoad load) {
        return new Visit(admission, load);
    }

    /** Why it is refused; null where it is let in. */
    public @Nullable Refusal refusal() {
        return refusal;
    }

    /** It ended so; the first word counts. */
    public void end(End how) {
        if (OVER.compareAndSet(this, false, true)) {
            admission.ended(sinceNanos, how);
            load.left(arrived, sinceNanos, how == End.ANSWERED);
        }
    }
}
