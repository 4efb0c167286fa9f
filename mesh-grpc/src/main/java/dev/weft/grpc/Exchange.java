package dev.weft.grpc;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.time.Lookout;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One attempt's stream: bounds it, cuts it off, and reports its head and its end, each once, on the transport's thread.
 *
 * <p>Its head is the server's headers, or the status of a stream without any. Of a unary RPC it is the status in any
 * case: only then is it known what the answer is worth. What comes is kept until the application hears it.
 */
final class Exchange extends ClientCall.Listener<InputStream> implements Answer, Lookout.Watched {
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
    private final Promise<Answer> head;
    private final Arrivals arrivals = new Arrivals();
    private final AtomicReference<@Nullable Cut> cut = new AtomicReference<>();
    private int place = NOWHERE;
    /** Whether it waits for a connection, and may do so elsewhere. */
    private boolean waits;
    /** Confined to the transport's thread. */
    private int messages;

    private @Nullable Link link;
    private @Nullable PlainText plain;

    private volatile @Nullable Metadata trailers;
    private volatile boolean over;

    /** @param head completed when its head is known */
    Exchange(Call attempt, Outgoing<?> request, GrpcWire home, Promise<Answer> head) {
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
    void orElse(PlainText inPlainText) {
        plain = inPlainText;
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
        if (plain != null) {
            left = plain.begin(left, nowNanos);
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

    @Override
    public void request(int messages) {
        if (!unary) {
            stream.request(messages);
        }
    }

    @Override
    public void tell(ClientCall.Listener<InputStream> listener, Executor executor) {
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
        if (plain == null || to == null || progress.sent()) {
            return left;
        }
        long patience = plain.patienceNanos(nowNanos);
        if (patience <= 0 && to.connecting().inHandshake()) {
            cut(Cut.HANDSHAKE);
            return Lookout.NEVER_NANOS;
        }
        return patience > 0 ? Math.min(patience, left) : left;
    }

    private long leftNanos(long nowNanos) {
        long left = limits.leftNanos(head.done(), nowNanos);
        boolean waiting = waits && !progress.created() && request.replayable();
        return waiting ? Math.min(left, attempt.startNanos() + limits.turnNanos() - nowNanos) : left;
    }

    // From the transport.

    @Override
    public void onHeaders(Metadata headers) {
        if (!request.answered(this)) {
            cancel();
            return;
        }
        arrivals.add(listener -> listener.onHeaders(headers));
        if (!unary) {
            Outcome<Answer> answer = new Success<>(this);
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
        if (plain != null && !progress.sent() && !attempt.cancelled() && plain.sentInstead(cut.get(), received)) {
            // Nothing was sent, and so nothing is to be said.
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
        Cut why = cut.get();
        Status ours = why == null ? null : why.told();
        if (ours != null) {
            return ours;
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

    private void answered(Verdict verdict, Status status, Outcome<Answer> outcome) {
        attempt.answered(
                verdict, status.getCode().value(), outcome, attempt.time().nanos());
    }

    private void ended(Verdict verdict, Status status, Outcome<Answer> outcome) {
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

    @Override
    public @Nullable Metadata trailers() {
        return trailers;
    }

    @Override
    public Attributes attributes() {
        return stream.attributes();
    }

    @Override
    public WholeAnswer whole() {
        return WholeAnswer.of(arrivals, attributes());
    }
}
