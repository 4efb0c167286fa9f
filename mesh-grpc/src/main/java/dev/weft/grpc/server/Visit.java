package dev.weft.grpc.server;

import dev.weft.Mesh;
import dev.weft.admission.Admission;
import dev.weft.admission.Admission.End;
import dev.weft.admission.Refusal;
import dev.weft.endpoint.ServerLoad;
import io.grpc.Deadline;
import io.grpc.Status;
import io.opentelemetry.context.Context;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One call as admission and this process's load see it: it tells them once how it ended, whoever ends it and however often. */
final class Visit extends AtomicBoolean {
    private static final long serialVersionUID = 1;

    private final transient Admission admission;
    private final transient ServerLoad load;
    private final long sinceNanos;
    private int arrived;

    Visit(Mesh mesh) {
        super(true);
        this.admission = mesh.admission();
        this.load = mesh.serverLoad();
        this.sinceNanos = mesh.time().nanos();
    }

    /** Why it is refused; null where it is let in. */
    @Nullable
    Refusal begin(Context context, @Nullable String attempt) {
        Refusal refusal = admission.admit(context, attempt, sinceNanos);
        if (refusal == null) {
            arrived = load.arrived();
            set(false);
        }
        return refusal;
    }

    /** The head of its answer goes out: its headers, or its status. */
    void answered(Status.Code code) {
        end(
                switch (code) {
                    case UNAVAILABLE, RESOURCE_EXHAUSTED -> End.OTHERWISE;
                    case CANCELLED, DEADLINE_EXCEEDED -> End.GIVEN_UP;
                    default -> End.ANSWERED;
                });
    }

    /** Its caller does not wait any more. */
    void givenUp(@Nullable Deadline deadline) {
        end(deadline != null && deadline.isExpired() ? End.GIVEN_UP : End.OTHERWISE);
    }

    void ended() {
        end(End.OTHERWISE);
    }

    private void end(End how) {
        if (compareAndSet(false, true)) {
            admission.ended(sinceNanos, how);
            load.left(arrived, sinceNanos, how == End.ANSWERED);
        }
    }
}
