package dev.weft.grpc;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt's stream. Its head is the first message, or the status of a stream without one: up to there another
 * attempt can take its place. What comes is kept until the application's listener is there.
 */
final class Exchange extends ClientCall.Listener<String> {
    private final Call attempt;
    private final ClientCall<String, String> stream;
    private final Seen seen;
    private final Promise<Exchange> head = new Promise<>();
    private final Queue<Consumer<ClientCall.Listener<String>>> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger telling = new AtomicInteger();
    /** Messages asked for before the application did; the head itself. */
    private final AtomicInteger ahead = new AtomicInteger(1);

    private volatile ClientCall.@Nullable Listener<String> application;

    Exchange(Call attempt, ClientCall<String, String> stream, Seen seen) {
        this.attempt = attempt;
        this.stream = stream;
        this.seen = seen;
    }

    Promise<Exchange> head() {
        return head;
    }

    void cut() {
        stream.cancel("given up", null);
    }

    // To the application.

    void attach(ClientCall.Listener<String> listener) {
        application = listener;
        tell();
    }

    void request(int messages) {
        int more = messages - ahead.getAndSet(0);
        if (more > 0) {
            stream.request(more);
        }
    }

    private void later(Consumer<ClientCall.Listener<String>> event) {
        events.add(event);
        tell();
    }

    /** In order, one at a time, whichever thread comes. */
    private void tell() {
        ClientCall.Listener<String> listener = application;
        if (listener == null || telling.getAndIncrement() != 0) {
            return;
        }
        int round = 1;
        do {
            for (var event = events.poll(); event != null; event = events.poll()) {
                event.accept(listener);
            }
            round = telling.addAndGet(-round);
        } while (round != 0);
    }

    // From the transport.

    @Override
    public void onHeaders(Metadata headers) {
        later(listener -> listener.onHeaders(headers));
    }

    @Override
    public void onMessage(String message) {
        later(listener -> listener.onMessage(message));
        answered(Verdict.OK, Status.OK, new Success<>(this));
    }

    @Override
    public void onReady() {
        later(ClientCall.Listener::onReady);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        later(listener -> listener.onClose(status, trailers));
        if (status.isOk()) {
            answered(Verdict.OK, status, new Success<>(this));
        } else {
            answered(verdict(status), status, new Failure<>(status.asRuntimeException(trailers)));
        }
        attempt.end(status.isOk() ? null : status.asRuntimeException(trailers));
    }

    private void answered(Verdict verdict, Status status, Outcome<Exchange> outcome) {
        if (!head.done()) {
            attempt.answered(
                    verdict, status.getCode().value(), outcome, attempt.time().nanos());
            head.complete(outcome);
        }
    }

    private Verdict verdict(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE -> seen.answered ? Verdict.UNAVAILABLE : seen.sent ? Verdict.LOST : Verdict.UNSENT;
            case DEADLINE_EXCEEDED -> Verdict.TIMEOUT;
            case CANCELLED -> given();
            case RESOURCE_EXHAUSTED -> Verdict.THROTTLED;
            case INTERNAL, UNKNOWN, DATA_LOSS -> Verdict.SERVER_ERROR;
            default -> Verdict.CALLER_ERROR;
        };
    }

    /** Who waits gives up at the deadline too, and may be faster than the transport's own timer. */
    private Verdict given() {
        boolean late = attempt.expiresBefore(attempt.time().nanos());
        return late ? Verdict.TIMEOUT : attempt.cancelled() ? Verdict.CANCELLED : Verdict.SERVER_ERROR;
    }
}
