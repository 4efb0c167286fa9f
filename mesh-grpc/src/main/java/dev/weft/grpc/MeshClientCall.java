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
import dev.weft.time.Lookout;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
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
        implements Reply.Observer<Answer>, Context.CancellationListener, Lookout.Watched {
    private enum Phase {
        NEW,
        STARTING,
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
    // Written while it starts, and read by other threads once it has.
    private @Nullable Inbox<A> inbox;
    private @Nullable Outgoing<Q> request;
    private @Nullable CallerDeadline deadline;
    private @Nullable Route<Answer> route;
    private int place;
    private volatile @Nullable Call call;
    private volatile @Nullable Answer answer;

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
        if (!phase.compareAndSet(Phase.NEW, Phase.STARTING)) {
            throw new IllegalStateException("already started");
        }
        io.opentelemetry.context.Context caller = io.opentelemetry.context.Context.current();
        Inbox<A> heard = new Inbox<>(method, listener, context, caller, this);
        inbox = heard;
        boolean streams = !method.getType().clientSendsOneMessage();
        Outgoing<Q> sends = new Outgoing<>(
                method,
                CredentialsAtHome.in(options, grpc.threads()),
                headers,
                context.fork(),
                streams ? () -> serial.execute(heard::onReady) : () -> {});
        request = sends;
        try {
            Route<Answer> found =
                    grpc.client().route(service, "POST", method, called -> "/" + called.getFullMethodName(), declared);
            route = found;
            call = found.newCall(sends, grpc.pace(), underDeadline(caller));
        } catch (IllegalStateException e) {
            close(Status.INTERNAL.withDescription(e.getMessage()).withCause(e), new Metadata());
            return;
        }
        // Until it goes out there is no attempt that its deadline would end; one that comes too late needs no request.
        CallerDeadline own = deadline;
        boolean atOnce = streams || (own != null && own.leftNanos() <= 0);
        place = atOnce ? MeshGrpc.NOWHERE : grpc.watch(this, own);
        context.addListener(this, Runnable::run);
        phase.set(Phase.STARTED);
        if (cancelled.get() != null) {
            // Whoever gave it up may have come before there was anything to close.
            close(Status.CANCELLED, new Metadata());
        } else if (atOnce) {
            send();
        }
    }

    /** The caller's trace and baggage, under the nearest of its deadlines; policy's comes later. */
    private io.opentelemetry.context.Context underDeadline(io.opentelemetry.context.Context caller) {
        CallerDeadline own = CallerDeadline.of(options, context);
        deadline = own;
        return own == null
                ? caller
                : Deadline.afterNanos(own.leftNanos(), grpc.pace().time()).storeInContext(caller);
    }

    @Override
    public long look(long nowNanos) {
        CallerDeadline own = deadline;
        Call waiting = call;
        Phase now = phase.get();
        if (own == null || waiting == null || now == Phase.SENT || now == Phase.CLOSED) {
            return Lookout.NEVER_NANOS;
        }
        long left = own.deadline().timeRemaining(TimeUnit.NANOSECONDS);
        if (left <= 0) {
            give(Statuses.of(waiting.deadlineExceeded("before its request was complete")));
        }
        return left <= 0 ? Lookout.NEVER_NANOS : left;
    }

    /** How the application is told of its end. */
    Status told(Status status) {
        CallerDeadline own = deadline;
        if (own == null) {
            return status;
        }
        Call ended = call;
        // One whose request was never complete has not begun: its time is over, or this is not why it ended.
        return own.told(
                status,
                ended == null ? 0 : ended.remainingNanos(grpc.pace().time().nanos()));
    }

    private void send() {
        Route<Answer> by = route;
        Call sent = call;
        if (by != null && sent != null && phase.compareAndSet(Phase.STARTED, Phase.SENT)) {
            grpc.unwatch(place);
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
        Answer answering = answer;
        if (answering != null) {
            int now = wanted.getAndSet(0);
            if (now > 0) {
                answering.request(now);
            }
        }
    }

    @Override
    public Attributes getAttributes() {
        Answer answering = answer;
        return answering == null ? Attributes.EMPTY : answering.attributes();
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
    public void done(Call done, Outcome<Answer> outcome) {
        Inbox<A> heard = inbox;
        Outgoing<Q> sends = request;
        if (heard == null || sends == null) {
            return;
        }
        sends.commit();
        if (outcome instanceof Success<Answer> answered) {
            answer = answered.value();
            ask();
            answered.value().tell(heard, serial);
        } else if (outcome instanceof Failure<Answer> failure) {
            close(Statuses.of(failure.cause()), Statuses.trailers(failure.cause()));
        }
    }

    private void close(Status status, Metadata trailers) {
        Phase before = phase.getAndSet(Phase.CLOSED);
        Inbox<A> heard = inbox;
        if (before == Phase.STARTED) {
            grpc.unwatch(place);
        }
        if (heard != null && before != Phase.CLOSED) {
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
