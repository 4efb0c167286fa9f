package dev.weft.grpc.server;

import dev.weft.Mesh;
import dev.weft.call.Cancellation;
import dev.weft.call.Deadline;
import dev.weft.call.RetriesSpent;
import dev.weft.grpc.Pushbacks;
import dev.weft.observe.Propagation;
import dev.weft.time.Time;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/**
 * For gRPC servers: restores deadline, trace and baggage of whoever calls, as the current {@link Context}, for the
 * calls made from there, over HTTP or gRPC; those are cut off when the caller gives up. A call whose deadline has passed is
 * refused. A failure of a call whose own calls have used up their retries tells its caller not to try again.
 *
 * <p>Register it so that it runs before all interceptors that call other services. Code that goes on with a call on a
 * thread of its own takes the context there as it takes a trace: {@code Context.current().wrap(...)}. Thread-safe.
 */
public final class MeshServerInterceptor implements ServerInterceptor {
    private final Propagation propagation;
    private final Time time;

    private MeshServerInterceptor(Propagation propagation, Time time) {
        this.propagation = propagation;
        this.time = time;
    }

    public static MeshServerInterceptor of(Mesh mesh) {
        return new MeshServerInterceptor(mesh.propagation(), mesh.time());
    }

    @Override
    @SuppressWarnings("try") // a scope is there to be closed
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        RetriesSpent retries = new RetriesSpent();
        Context context =
                retries.storeIn(propagation.extract(Context.current(), headers, MetadataGetter.INSTANCE, time));
        Deadline deadline = Deadline.in(context);
        if (deadline != null && deadline.passed()) {
            call.close(Status.DEADLINE_EXCEEDED.withDescription("it had passed when the call came"), forbidding());
            return new ServerCall.Listener<>() {};
        }
        context = context.with(cancelledWith(io.grpc.Context.current()));
        try (Scope scope = context.makeCurrent()) {
            return new InContext<>(next.startCall(new Marked<>(call, retries), headers), context);
        }
    }

    /** Not told by the call's listener: that may be busy with the very work that is to be given up. */
    private static Cancellation cancelledWith(io.grpc.Context served) {
        Cancellation work = new Cancellation();
        served.addListener(
                over -> {
                    // Without a cause it was answered.
                    if (over.cancellationCause() != null) {
                        work.cancel();
                    }
                },
                Runnable::run);
        return work;
    }

    private static Metadata forbidding() {
        Metadata trailers = new Metadata();
        trailers.put(Pushbacks.KEY, Pushbacks.FORBIDDEN);
        return trailers;
    }

    /** Forbids further attempts where we tried again for it, in vain; unless the application has a word of its own. */
    private static final class Marked<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final RetriesSpent retries;

        Marked(ServerCall<Q, A> call, RetriesSpent retries) {
            super(call);
            this.retries = retries;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!status.isOk() && retries.spent() && !trailers.containsKey(Pushbacks.KEY)) {
                trailers.merge(forbidding());
            }
            super.close(status, trailers);
        }
    }
}
