package dev.weft.grpc;

import com.google.common.math.IntMath;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Deadline;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.policy.LayerValues;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One RPC of the application's, sent down the stack. Its listener hears of it on the call's own executor, one thing
 * after the other; what the stack does meanwhile runs on the transport's threads and the mesh's.
 *
 * <p>Where one request is all that can come, the call goes out when that is complete; else when it starts.
 */
final class MeshClientCall<Q, A> extends ClientCall<Q, A>
        implements Reply.Observer<Exchange>, Context.CancellationListener {
    private enum Phase {
        NEW,
        STARTED,
        SENT,
        CLOSED
    }

    private final MeshGrpc grpc;
    private final String service;
    private final MethodDescriptor<Q, A> method;
    private final CallOptions options;
    private final LayerValues declared;
    private final Context context = Context.current();
    private final Serial serial;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
    /** Messages asked for while there is nobody to ask. */
    private final AtomicInteger wanted = new AtomicInteger();

    private final AtomicReference<@Nullable Status> cancelled = new AtomicReference<>();
    private boolean compressed = true;
    private @Nullable Inbox<A> inbox;
    private @Nullable Outgoing<Q> request;
    private @Nullable CallerDeadline deadline;
    private @Nullable Route<Exchange> route;
    private volatile @Nullable Call call;
    private volatile @Nullable Exchange exchange;

    MeshClientCall(
            MeshGrpc grpc, String service, MethodDescriptor<Q, A> method, CallOptions options, LayerValues declared) {
        this.grpc = grpc;
        this.service = service;
        this.method = method;
        this.options = options;
        this.declared = declared;
        this.serial =
                new Serial(options.getExecutor() == null ? grpc.threads() : options.getExecutor(), grpc.threads());
    }

    @Override
    public void start(Listener<A> listener, Metadata headers) {
        if (!phase.compareAndSet(Phase.NEW, Phase.STARTED)) {
            throw new IllegalStateException("already started");
        }
        Inbox<A> heard = new Inbox<>(method, listener, context, this);
        inbox = heard;
        boolean streams = !method.getType().clientSendsOneMessage();
        Outgoing<Q> sends = new Outgoing<>(
                method,
                CredentialsAtHome.in(options, grpc.threads()),
                headers,
                context.fork(),
                streams ? () -> serial.execute(heard::onReady) : () -> {});
        request = sends;
        if (cancelled.get() != null) {
            close(Status.CANCELLED, new Metadata());
            return;
        }
        try {
            Route<Exchange> found =
                    grpc.client().route(service, "POST", method, called -> "/" + called.getFullMethodName(), declared);
            route = found;
            call = found.newCall(sends, grpc.pace(), underDeadline());
        } catch (IllegalStateException e) {
            close(Status.INTERNAL.withDescription(e.getMessage()).withCause(e), new Metadata());
            return;
        }
        context.addListener(this, Runnable::run);
        if (streams) {
            send();
        }
    }

    /** The caller's trace and baggage, under the nearest of its deadlines; policy's comes later. */
    private io.opentelemetry.context.Context underDeadline() {
        io.opentelemetry.context.Context caller = io.opentelemetry.context.Context.current();
        CallerDeadline own = CallerDeadline.of(options, context);
        deadline = own;
        return own == null
                ? caller
                : Deadline.afterNanos(own.leftNanos(), grpc.pace().time()).storeInContext(caller);
    }

    /** How the application is told of its end. */
    Status told(Status status) {
        CallerDeadline own = deadline;
        return own == null ? status : own.told(status);
    }

    private void send() {
        Route<Exchange> by = route;
        Call sent = call;
        if (by != null && sent != null && phase.compareAndSet(Phase.STARTED, Phase.SENT)) {
            by.send(sent).onDone(sent, this);
        }
    }

    // From the application.

    @Override
    public void sendMessage(Q message) {
        Outgoing<Q> sends = started();
        try {
            sends.send(message, compressed);
        } catch (RuntimeException e) {
            cancel("Failed to stream message", e);
        }
    }

    @Override
    public void halfClose() {
        started().complete();
        send();
    }

    private Outgoing<Q> started() {
        Outgoing<Q> sends = request;
        if (sends == null) {
            throw new IllegalStateException("not started");
        }
        return sends;
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        compressed = enabled;
    }

    @Override
    public boolean isReady() {
        Outgoing<Q> sends = request;
        return sends != null && sends.ready();
    }

    @Override
    public void request(int messages) {
        if (messages < 0) {
            throw new IllegalArgumentException("cannot request " + messages + " messages");
        }
        wanted.accumulateAndGet(messages, IntMath::saturatedAdd);
        ask();
    }

    private void ask() {
        Exchange answering = exchange;
        if (answering != null) {
            int now = wanted.getAndSet(0);
            if (now > 0) {
                answering.request(now);
            }
        }
    }

    @Override
    public Attributes getAttributes() {
        Exchange answering = exchange;
        return answering == null ? Attributes.EMPTY : answering.stream().attributes();
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        Status status = Status.CANCELLED;
        if (message != null) {
            status = status.withDescription(message);
        }
        give(cause == null ? status : status.withCause(cause));
    }

    /** Whatever the application stands in is cancelled, and so is the call. */
    @Override
    public void cancelled(Context gone) {
        give(Contexts.statusFromCancelled(gone));
    }

    /** Gives the call up; it ends with that status, unless it has ended already. */
    void give(Status status) {
        cancelled.compareAndSet(null, status);
        Call running = call;
        if (running != null) {
            running.cancel();
        }
        if (phase.get() == Phase.STARTED) {
            close(status, new Metadata());
        }
    }

    /** Why it was given up, if it was. */
    @Nullable
    Status given() {
        return cancelled.get();
    }

    // To the application.

    @Override
    public void done(Call done, Outcome<Exchange> outcome) {
        Inbox<A> heard = inbox;
        Outgoing<Q> sends = request;
        if (heard == null || sends == null) {
            return;
        }
        sends.commit();
        if (outcome instanceof Success<Exchange> answered) {
            exchange = answered.value();
            ask();
            answered.value().tell(heard, serial);
        } else if (outcome instanceof Failure<Exchange> failure) {
            close(Statuses.of(failure.cause()), Statuses.trailers(failure.cause()));
        }
    }

    private void close(Status status, Metadata trailers) {
        Inbox<A> heard = inbox;
        if (heard != null && phase.getAndSet(Phase.CLOSED) != Phase.CLOSED) {
            serial.execute(() -> heard.onClose(status, trailers));
        }
    }

    /** The application has heard the last of it. */
    void ended() {
        context.removeListener(this);
    }

    @Override
    public String toString() {
        return service + " " + method.getFullMethodName();
    }
}
