package dev.weft.grpc;

import dev.weft.call.Call;
import dev.weft.call.Cancellable;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Pushback;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.identity.TlsMode;
import dev.weft.time.Lookout;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt's stream: bounds it, cuts it off, and reports its head and its end, each once, on the transport's thread.
 *
 * <p>Its head is the server's headers, or the status of a stream without any. Where one answer is all that can come, it
 * is the status in any case: only then is it known what the answer is worth. What comes is kept until the application
 * hears it.
 */
final class Exchange extends ClientCall.Listener<InputStream> implements Cancellable, Lookout.Watched {
    private enum Cut {
        CANCELLED,
        DEADLINE
    }

    /** One answer, and one to see that there is no second. */
    private static final int AHEAD = 2;

    private final Call attempt;
    private final Outgoing<?> request;
    private final GrpcWire home;
    private final boolean oneAnswer;
    private final Progress progress = new Progress();
    private final Promise<Exchange> head = new Promise<>();
    private final Queue<Consumer<ClientCall.Listener<InputStream>>> events = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Cut> cut = new AtomicReference<>();
    private int place;
    private @Nullable NodeChannel channel;
    private @Nullable GrpcConfig connected;

    private volatile @Nullable ClientCall<InputStream, InputStream> stream;
    private volatile @Nullable Application application;
    private volatile @Nullable Metadata trailers;
    private volatile boolean over;

    Exchange(Call attempt, Outgoing<?> request, GrpcWire home) {
        this.attempt = attempt;
        this.request = request;
        this.home = home;
        this.oneAnswer = request.method.getType().serverSendsOneMessage();
    }

    Promise<Exchange> head() {
        return head;
    }

    /** Which connection it takes. */
    void over(NodeChannel channel, GrpcConfig config) {
        this.channel = channel;
        this.connected = config;
    }

    void start(Channel over, MethodDescriptor<InputStream, InputStream> method, CallOptions options, Metadata headers) {
        long start = attempt.startNanos();
        place = home.lookout().add(this, bound().remainingNanos(start), start);
        ClientCall<InputStream, InputStream> started;
        Context before = request.context.attach();
        try {
            started = over.newCall(method, options.withStreamTracerFactory(progress));
            stream = started;
            started.start(this, headers);
        } catch (Throwable thrown) {
            fail(Verdict.CANCELLED, Status.fromThrowable(thrown));
            return;
        } finally {
            request.context.detach(before);
        }
        attempt.onCancel(this);
        if (cut.get() != null) {
            cancelStream();
        }
        if (!request.sendOver(this)) {
            cancel();
        }
        if (oneAnswer) {
            started.request(AHEAD);
        }
    }

    /** There will be no stream. */
    void fail(Verdict verdict, Status status) {
        leave();
        ended(verdict, status, new Failure<>(status.asRuntimeException()));
    }

    // From the application.

    void send(InputStream message, boolean compressed) {
        ClientCall<InputStream, InputStream> to = stream;
        if (to != null && cut.get() == null && !over) {
            try {
                to.setMessageCompression(compressed);
                to.sendMessage(message);
            } catch (IllegalStateException e) {
                cutMeanwhile(e);
            }
        }
    }

    void halfClose() {
        ClientCall<InputStream, InputStream> to = stream;
        if (to != null && cut.get() == null && !over) {
            try {
                to.halfClose();
            } catch (IllegalStateException e) {
                cutMeanwhile(e);
            }
        }
    }

    private void cutMeanwhile(IllegalStateException thrown) {
        if (cut.get() == null) {
            throw thrown;
        }
    }

    boolean ready() {
        ClientCall<InputStream, InputStream> to = stream;
        return to != null && to.isReady();
    }

    void request(int messages) {
        ClientCall<InputStream, InputStream> from = stream;
        if (from != null && !oneAnswer) {
            from.request(messages);
        }
    }

    Attributes attributes() {
        ClientCall<InputStream, InputStream> of = stream;
        return of == null ? Attributes.EMPTY : of.getAttributes();
    }

    /** Has the application hear all that came and comes. */
    void tell(ClientCall.Listener<InputStream> listener, Executor executor) {
        application = new Application(listener, executor);
        executor.execute(this::drain);
    }

    private void later(Consumer<ClientCall.Listener<InputStream>> event) {
        events.add(event);
        Application told = application;
        if (told != null) {
            told.executor.execute(this::drain);
        }
    }

    private void drain() {
        Application told = application;
        if (told != null) {
            for (var event = events.poll(); event != null; event = events.poll()) {
                event.accept(told.listener);
            }
        }
    }

    // Cutting off.

    @Override
    public void cancel() {
        cut(Cut.CANCELLED);
    }

    private void cut(Cut why) {
        if (!over && cut.compareAndSet(null, why)) {
            cancelStream();
        }
    }

    private void cancelStream() {
        ClientCall<InputStream, InputStream> open = stream;
        if (open != null) {
            open.cancel("cut off by the mesh", null);
        }
    }

    /** The time for one try ends with the head of a stream. */
    private Call bound() {
        return oneAnswer ? attempt : attempt.logical();
    }

    @Override
    public long look(long nowNanos) {
        if (over) {
            return Lookout.NEVER_NANOS;
        }
        Call bound = head.done() ? bound() : attempt;
        long left = bound.remainingNanos(nowNanos);
        if (left > 0) {
            return left;
        }
        cut(Cut.DEADLINE);
        return Lookout.NEVER_NANOS;
    }

    // From the transport.

    @Override
    public void onHeaders(Metadata headers) {
        request.commit();
        later(listener -> listener.onHeaders(headers));
        if (!oneAnswer) {
            Outcome<Exchange> answer = new Success<>(this);
            answered(Verdict.OK, Status.OK, answer);
            head.complete(answer);
        }
    }

    @Override
    public void onMessage(InputStream message) {
        later(listener -> listener.onMessage(message));
    }

    @Override
    public void onReady() {
        request.becameReady();
    }

    @Override
    public void onClose(Status received, Metadata trailers) {
        leave();
        this.trailers = trailers;
        Status status = told(received);
        Verdict verdict = Verdicts.of(
                status, progress, cut.get() == Cut.CANCELLED || attempt.cancelled(), cut.get() == Cut.DEADLINE);
        // Whoever hears of it finds the record written and nothing held any more.
        if (head.done()) {
            boolean well = verdict == Verdict.OK || verdict == Verdict.CALLER_ERROR;
            attempt.end(well ? null : status.asRuntimeException(trailers));
            later(listener -> listener.onClose(status, trailers));
        } else {
            later(listener -> listener.onClose(status, trailers));
            boolean itsWord = status.isOk() || (progress.trailers() && cut.get() == null);
            ended(verdict, status, itsWord ? new Success<>(this) : new Failure<>(status.asRuntimeException(trailers)));
        }
    }

    private Status told(Status received) {
        if (received.isOk()) {
            return received;
        }
        if (cut.get() == Cut.DEADLINE) {
            return Status.DEADLINE_EXCEEDED.withDescription(
                    attempt.deadlineExceeded(head.done() ? "within its stream" : "while it waited for an answer")
                            .getMessage());
        }
        GrpcConfig config = connected;
        NodeChannel to = channel;
        if (config == null || to == null || progress.headers() || progress.trailers()) {
            return received;
        }
        if (config.tls() == TlsMode.PERMISSIVE
                && !progress.sent()
                && cut.get() == null
                && GrpcTls.impossible(received)) {
            to.cannotTls(received);
        }
        return home.explained(attempt, config, received);
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
        home.lookout().remove(place);
        request.left(this);
    }

    /** What the server asks of whoever would retry. */
    Pushback pushback() {
        return Pushbacks.in(trailers);
    }

    private record Application(ClientCall.Listener<InputStream> listener, Executor executor) {}
}
