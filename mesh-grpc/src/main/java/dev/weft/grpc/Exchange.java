package dev.weft.grpc;

import dev.weft.call.Call;
import dev.weft.call.Cancellable;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.identity.TlsAbility;
import dev.weft.time.Lookout;
import dev.weft.time.Time;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One attempt's stream: bounds it, cuts it off, and reports its head and its end, each once, on the transport's thread.
 *
 * <p>Its head is the server's headers, or the status of a stream without any. Of a unary RPC it is the status in any
 * case: only then is it known what the answer is worth. What comes is kept until the application hears it.
 */
final class Exchange extends ClientCall.Listener<InputStream> implements Cancellable, Lookout.Watched {
    private enum Cut {
        CANCELLED,
        DEADLINE,
        /** By a node that may do TLS or not, and keeps silent when asked to. */
        HANDSHAKE,
        /** It has waited for a connection here for long enough. */
        TURN,
        /** A second answer, where one is all that there is. */
        SURPLUS
    }

    /** One answer, and one to see that there is no second. */
    private static final int AHEAD = 2;

    private static final int NOWHERE = -1;

    private final Call attempt;
    private final Outgoing<?> request;
    private final GrpcWire home;
    private final boolean unary;
    private final TimeLimits limits;
    private final Stream stream = new Stream();
    private final Progress progress = new Progress();
    private final Promise<Exchange> head;
    private final Arrivals arrivals = new Arrivals();
    private final AtomicReference<@Nullable Cut> cut = new AtomicReference<>();
    private int place = NOWHERE;
    /** Whether it waits for a connection, and may do so elsewhere. */
    private boolean waits;
    /** Confined to the transport's thread. */
    private int messages;

    private @Nullable Link link;
    private @Nullable Fallback fallback;
    private long patienceEndNanos;

    private volatile @Nullable Metadata trailers;
    private volatile boolean over;

    /** @param head completed when its head is known */
    Exchange(Call attempt, Outgoing<?> request, GrpcWire home, Promise<Exchange> head) {
        this.attempt = attempt;
        this.request = request;
        this.home = home;
        this.head = head;
        this.unary = request.method.getType() == MethodDescriptor.MethodType.UNARY;
        this.limits = new TimeLimits(attempt, unary);
    }

    TimeLimits limits() {
        return limits;
    }

    /** What to do where the node cannot do TLS; without it that is a failure. */
    void orElse(Fallback fallback) {
        this.fallback = fallback;
    }

    void start(
            Link over,
            MethodDescriptor<InputStream, InputStream> method,
            CallOptions options,
            Metadata headers,
            long nowNanos) {
        link = over;
        waits = options.isWaitForReady();
        long left = leftNanos(nowNanos);
        if (fallback != null) {
            left = TlsAbility.patienceNanos(fallback.connectNanos, left);
            patienceEndNanos = Time.plus(nowNanos, left);
        }
        place = home.lookout().add(this, left, nowNanos);
        Context before = request.context.attach();
        try {
            stream.start(over.channel(), method, progress.of(options), this, headers);
        } catch (Throwable thrown) {
            fail(Verdict.CANCELLED, Status.fromThrowable(thrown));
            return;
        } finally {
            request.context.detach(before);
        }
        attempt.onCancel(this);
        if (!request.sendOver(this)) {
            cancel();
        } else if (!request.method.getType().clientSendsOneMessage() && stream.ready()) {
            // It may have become so before it counted, and whoever was told then found nobody ready.
            request.becameReady();
        }
        if (this.over) {
            // It may have ended within its start, and left before it came.
            request.left(this);
        }
        if (unary) {
            stream.request(AHEAD);
        }
    }

    /** There will be no stream. */
    void fail(Verdict verdict, Status status) {
        leave();
        ended(verdict, status, new Failure<>(status.asRuntimeException()));
    }

    Stream stream() {
        return stream;
    }

    /** The application asks for more of what it hears. */
    void request(int messages) {
        if (!unary) {
            stream.request(messages);
        }
    }

    /** Has the application hear all that came and comes. */
    void tell(ClientCall.Listener<InputStream> listener, Executor executor) {
        arrivals.tell(listener, executor);
    }

    // Cutting off.

    @Override
    public void cancel() {
        cut(Cut.CANCELLED);
    }

    private void cut(Cut why) {
        if (!over && cut.compareAndSet(null, why)) {
            stream.cancel();
        }
    }

    @Override
    public long look(long nowNanos) {
        if (over) {
            return Lookout.NEVER_NANOS;
        }
        long left = leftNanos(nowNanos);
        if (left <= 0) {
            cut(limits.leftNanos(head.done(), nowNanos) > 0 ? Cut.TURN : Cut.DEADLINE);
            return Lookout.NEVER_NANOS;
        }
        Link to = link;
        if (fallback == null || to == null || progress.sent()) {
            return left;
        }
        long patience = patienceEndNanos - nowNanos;
        if (patience <= 0 && to.connecting().inHandshake()) {
            cut(Cut.HANDSHAKE);
            return Lookout.NEVER_NANOS;
        }
        return patience > 0 ? Math.min(patience, left) : left;
    }

    /** Whether it was sent in plain text instead: there was no TLS, and so nothing was sent and nothing is to be said. */
    private boolean insteadOfTls(Status received) {
        Fallback plain = fallback;
        if (plain == null || progress.sent() || attempt.cancelled()) {
            return false;
        }
        Cut why = cut.get();
        Throwable failure = why == Cut.HANDSHAKE
                ? new SocketTimeoutException("no answer to a TLS hello")
                : why == null ? HandshakeFailed.of(received) : null;
        return failure != null && plain.send.test(failure);
    }

    private long leftNanos(long nowNanos) {
        long left = limits.leftNanos(head.done(), nowNanos);
        boolean waiting = waits && !progress.created() && request.replayable();
        return waiting ? Math.min(left, attempt.startNanos() + limits.turnNanos() - nowNanos) : left;
    }

    // From the transport.

    @Override
    public void onHeaders(Metadata headers) {
        request.commit();
        arrivals.add(listener -> listener.onHeaders(headers));
        if (!unary) {
            Outcome<Exchange> answer = new Success<>(this);
            answered(Verdict.OK, Status.OK, answer);
            if (!head.complete(answer)) {
                // Whoever waited for it waits no longer.
                cancel();
            }
        }
    }

    @Override
    public void onMessage(InputStream message) {
        if (unary && messages++ > 0) {
            cut(Cut.SURPLUS);
            return;
        }
        arrivals.add(listener -> listener.onMessage(message));
    }

    @Override
    public void onReady() {
        request.becameReady();
    }

    @Override
    public void onClose(Status received, Metadata trailers) {
        leave();
        if (insteadOfTls(received)) {
            return;
        }
        this.trailers = trailers;
        Cut why = cut.get();
        boolean late = why == null ? limits.overAtServer(received) : why == Cut.DEADLINE || why == Cut.TURN;
        Status status = told(received, late);
        boolean cancelled = cut.get() == Cut.CANCELLED || attempt.cancelled();
        Verdict verdict = Verdicts.of(status, trailers, progress, cancelled, late);
        // Whoever hears of it finds the record written and nothing held any more.
        if (head.done()) {
            boolean well = verdict == Verdict.OK || verdict == Verdict.CALLER_ERROR;
            attempt.end(well ? null : status.asRuntimeException(trailers));
            arrivals.add(listener -> listener.onClose(status, trailers));
        } else {
            arrivals.add(listener -> listener.onClose(status, trailers));
            ended(
                    verdict,
                    status,
                    status.isOk() || itsWord()
                            ? new Success<>(this)
                            : new Failure<>(status.asRuntimeException(trailers)));
        }
    }

    private Status told(Status received, boolean late) {
        if (cut.get() == Cut.SURPLUS) {
            return Status.INTERNAL.withDescription("more than one answer to a unary call");
        }
        if (cut.get() == Cut.HANDSHAKE) {
            return Status.UNAVAILABLE.withDescription("it did not answer a TLS hello");
        }
        if (cut.get() == Cut.TURN) {
            return Status.UNAVAILABLE.withDescription("no connection for as long as it was waited for");
        }
        Link over = link;
        if (received.isOk() || itsWord() || over == null) {
            return received;
        }
        return late ? limits.passed(stage()) : Statuses.ofBroken(over.explained(received, progress));
    }

    private String stage() {
        if (head.done()) {
            return "within its stream";
        }
        return progress.atCredentials()
                ? "while the application's credentials for it were awaited"
                : "while it waited for an answer";
    }

    /** Whether the status is the server's. */
    private boolean itsWord() {
        return progress.trailers() && cut.get() == null;
    }

    private void answered(Verdict verdict, Status status, Outcome<Exchange> outcome) {
        attempt.answered(
                verdict, status.getCode().value(), outcome, attempt.time().nanos());
    }

    private void ended(Verdict verdict, Status status, Outcome<Exchange> outcome) {
        answered(verdict, status, outcome);
        attempt.end(null);
        head.complete(outcome);
    }

    private void leave() {
        over = true;
        stream.close();
        if (place != NOWHERE) {
            home.lookout().remove(place);
        }
        request.left(this);
    }

    /**
     * What to do where a handshake has failed.
     *
     * @param connectNanos how long connecting may take
     * @param send sends it without TLS, or says no where that is not to be done
     */
    record Fallback(long connectNanos, Predicate<Throwable> send) {}

    /** Null until its end. */
    @Nullable
    Metadata trailers() {
        return trailers;
    }
}
