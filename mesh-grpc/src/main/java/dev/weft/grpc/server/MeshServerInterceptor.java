package dev.weft.grpc.server;

import dev.weft.Mesh;
import dev.weft.admission.Admission.End;
import dev.weft.admission.Refusal;
import dev.weft.admission.Visit;
import dev.weft.call.Cancellation;
import dev.weft.call.Deadline;
import dev.weft.call.RetriesSpent;
import dev.weft.endpoint.ServerLoad;
import dev.weft.grpc.LoadTrailer;
import dev.weft.grpc.Pushbacks;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * For gRPC servers: restores deadline, trace and baggage of whoever calls, as the current {@link Context}, for the
 * calls made from there, over HTTP or gRPC; those are cut off when the caller gives up. A call whose deadline has passed is
 * refused, and so are calls while this process has more to do than it can ({@link Mesh#admission}), and those that come
 * faster than policy allows ({@code server.rate}), but not those that ask for its health. A failure of a call whose own calls
 * have used up their retries tells its caller not to try again. Callers that balance by it are told how busy this process is
 * ({@link dev.weft.endpoint.LoadSignal}); between calls they ask by {@code grpc.health.v1.Health/Check}, where that is served.
 *
 * <p>Register it so that it runs before all interceptors that call other services. Code that goes on with a call on a
 * thread of its own takes the context there as it takes a trace: {@code Context.current().wrap(...)}. Thread-safe.
 */
public final class MeshServerInterceptor implements ServerInterceptor {
    private static final Metadata.Key<String> ATTEMPT =
            Metadata.Key.of("mesh-attempt", Metadata.ASCII_STRING_MARSHALLER);
    /** It tells how this server is, and so must answer when there is much to do. */
    private static final String HEALTH = "grpc.health.v1.Health";

    private final Mesh mesh;

    private MeshServerInterceptor(Mesh mesh) {
        this.mesh = mesh;
    }

    public static MeshServerInterceptor of(Mesh mesh) {
        return new MeshServerInterceptor(mesh);
    }

    @Override
    @SuppressWarnings("try") // a scope is there to be closed
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        RetriesSpent retries = new RetriesSpent();
        Context context = underItsDeadline(retries.storeIn(
                mesh.propagation().extract(Context.current(), headers, MetadataGetter.INSTANCE, mesh.time())));
        boolean asksHealth = HEALTH.equals(call.getMethodDescriptor().getServiceName());
        Visit visit = asksHealth
                ? Visit.uncounted(mesh.admission(), mesh.serverLoad())
                : new Visit(
                        mesh.admission(),
                        mesh.serverLoad(),
                        context,
                        headers.get(ATTEMPT),
                        mesh.time().nanos());
        Refusal refusal = visit.refusal();
        if (refusal != null) {
            call.close(status(refusal), trailers(refusal));
            return new ServerCall.Listener<>() {};
        }
        if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            // How long it takes is its caller's to say, who sends as he likes.
            visit.end(End.OTHERWISE);
        }
        context = context.with(cancelledWith(io.grpc.Context.current(), visit));
        ServerLoad asked = LoadTrailer.asked(headers) ? mesh.serverLoad() : null;
        try (Scope scope = context.makeCurrent()) {
            Metadata wait = asksHealth ? null : RateTrailers.refuses(mesh.serverRate(), call, headers, context);
            if (wait != null) {
                visit.end(End.OTHERWISE);
                call.close(Status.RESOURCE_EXHAUSTED.withDescription("more calls than server.rate allows"), wait);
                return new ServerCall.Listener<>() {};
            }
            return new InContext<>(next.startCall(new Marked<>(call, retries, visit, asked), headers), context);
        } catch (Throwable thrown) {
            visit.end(End.OTHERWISE);
            throw thrown;
        }
    }

    /** gRPC's own runs since the call came, be it that it has waited for a thread since then. */
    private Context underItsDeadline(Context context) {
        io.grpc.Deadline served = io.grpc.Context.current().getDeadline();
        return served == null
                ? context
                : Deadline.afterNanos(served.timeRemaining(TimeUnit.NANOSECONDS), mesh.time())
                        .storeInContext(context);
    }

    private static Status status(Refusal refusal) {
        return refusal == Refusal.TOO_LATE
                ? Status.DEADLINE_EXCEEDED.withDescription("it had passed when the call came, or nearly")
                : Status.UNAVAILABLE.withDescription("overloaded; not handled (server.admission)");
    }

    private static Metadata trailers(Refusal refusal) {
        Metadata trailers = new Metadata();
        trailers.put(
                Pushbacks.KEY,
                refusal.anotherMay()
                        ? String.valueOf(TimeUnit.SECONDS.toMillis(Refusal.REST_SECONDS))
                        : Pushbacks.FORBIDDEN);
        if (refusal != Refusal.TOO_LATE) {
            trailers.put(Pushbacks.REFUSED, Refusal.OVERLOAD);
        }
        return trailers;
    }

    /** Not told by the call's listener: that may be busy with the very work that is to be given up. */
    private static Cancellation cancelledWith(io.grpc.Context served, Visit visit) {
        Cancellation work = new Cancellation();
        served.addListener(
                over -> {
                    // Without a cause it was answered.
                    if (over.cancellationCause() != null) {
                        visit.end(givenUp(over.getDeadline()));
                        work.cancel();
                    } else {
                        visit.end(End.OTHERWISE);
                    }
                },
                Runnable::run);
        return work;
    }

    /** Its caller does not wait any more. */
    private static End givenUp(io.grpc.@Nullable Deadline deadline) {
        return deadline != null && deadline.isExpired() ? End.GIVEN_UP : End.OTHERWISE;
    }

    private static End answered(Status.Code code) {
        return switch (code) {
            case UNAVAILABLE, RESOURCE_EXHAUSTED -> End.OTHERWISE;
            case CANCELLED, DEADLINE_EXCEEDED -> End.GIVEN_UP;
            default -> End.ANSWERED;
        };
    }

    /**
     * Forbids further attempts where we tried again for it, in vain; unless the application has a word of its own. Tells who
     * asks how busy this process is.
     */
    private static final class Marked<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final RetriesSpent retries;
        private final Visit visit;
        private final @Nullable ServerLoad asked;

        Marked(ServerCall<Q, A> call, RetriesSpent retries, Visit visit, @Nullable ServerLoad asked) {
            super(call);
            this.retries = retries;
            this.visit = visit;
            this.asked = asked;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            visit.end(End.ANSWERED);
            super.sendHeaders(headers);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            visit.end(answered(status.getCode()));
            if (!status.isOk() && retries.spent() && !trailers.containsKey(Pushbacks.KEY)) {
                trailers.put(Pushbacks.KEY, Pushbacks.FORBIDDEN);
            }
            if (asked != null) {
                LoadTrailer.tell(trailers, asked.now());
            }
            super.close(status, trailers);
        }
    }
}
