package dev.weft.http;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Node;
import dev.weft.identity.TlsAbility;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Function;
import okhttp3.Callback;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on the wire: listens to OkHttp to know how far the request got, bounds it, cuts it off, and reports its
 * head and its end, each once.
 *
 * <p>The head is reported by whoever waited for it; the end comes as an event, on any thread, when nothing is left
 * open: the body was read or closed, or broke. An answer without a body ends before its head is returned, so the end
 * that comes first waits for the head.
 */
final class Exchange extends Cuttable implements Callback {
    private static final VarHandle PHASE;

    static {
        try {
            PHASE = MethodHandles.lookup().findVarHandle(Exchange.class, "phase", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int HEAD_AWAITED = 0;
    private static final int BODY_OPEN = 1;
    private static final int OVER = 2;

    private final Node node;
    private final HttpLeaf leaf;
    private final HttpWire home;
    private int place;
    private @Nullable Fallback fallback;
    private @Nullable Promise<Response> promise;
    private @Nullable IOException broken;

    private volatile int phase;

    /** The async call was given up, however it comes back. */
    private volatile boolean abandoned;

    Exchange(Call attempt, Node node, okhttp3.Call wire, HttpLeaf leaf) {
        super(attempt, wire);
        this.node = node;
        this.leaf = leaf;
        this.home = leaf.home();
    }

    /** What to do where the node cannot do TLS; without it that is a failure. */
    void orElse(Fallback fallback) {
        this.fallback = fallback;
    }

    /** Sends, and waits for the head if the call's pace is to wait. */
    Reply<Response> send() {
        Call attempt = attempt();
        wire().addEventListener(this);
        if (attempt.pace().isBlocking()) {
            awaitedBy(Thread.currentThread());
        } else {
            promise = new Promise<>();
        }
        long start = attempt.startNanos();
        place = home.lookout().add(this, untilNextLook(start), start);
        attempt.onCancel(this);
        return promise == null ? execute() : enqueue(promise);
    }

    private Reply<Response> execute() {
        try {
            return answered(wire().execute());
        } catch (Throwable thrown) {
            return failed(thrown);
        } finally {
            awaitedBy(null);
        }
    }

    private Reply<Response> enqueue(Promise<Response> awaited) {
        try {
            wire().enqueue(this);
        } catch (Throwable thrown) {
            complete(failed(thrown));
        }
        return awaited;
    }

    @Override
    public void onResponse(okhttp3.Call call, Response response) {
        // Lost to its being given up, which its caller was told already.
        if (abandoned || !complete(answered(response))) {
            response.close();
        }
    }

    @Override
    public void onFailure(okhttp3.Call call, IOException e) {
        if (!abandoned) {
            complete(failed(e));
        }
    }

    private boolean complete(Outcome<Response> outcome) {
        return promise != null && promise.complete(outcome);
    }

    private void complete(Reply<Response> reply) {
        reply.onDone(attempt(), (a, outcome) -> complete(outcome));
    }

    private Outcome<Response> answered(Response received) {
        Response response = KeepsAnswer.restored(received);
        Call attempt = attempt();
        home.spoken(attempt.service(), response.protocol());
        Outcome<Response> outcome = new Success<>(response);
        attempt.answered(
                Verdicts.of(response), response.code(), outcome, attempt.time().nanos());
        if (!PHASE.compareAndSet(this, HEAD_AWAITED, BODY_OPEN)) {
            attempt.end(broken);
        }
        return outcome;
    }

    private Reply<Response> failed(Throwable first) {
        leave();
        if (first instanceof InterruptedException) {
            // While several addresses were tried; who throws it has cleared the flag.
            Thread.currentThread().interrupt();
        }
        Throwable thrown = Unconnected.furthest(first);
        Cut known = cutBy();
        if (fallback != null && handshaking() && (known == null || known == Cut.HANDSHAKE)) {
            Reply<Response> instead = fallback.send.apply(thrown);
            if (instead != null) {
                return instead;
            }
        }
        Call attempt = attempt();
        if (thrown instanceof VirtualMachineError error && !(thrown instanceof StackOverflowError)) {
            attempt.end(error);
            throw error;
        }
        Cut why = cutOrInterrupted();
        Throwable cause = why == null ? explained(thrown) : why.told(attempt, node, thrown);
        Verdict verdict = verdict(thrown, why);
        Outcome<Response> outcome = new Failure<>(cause);
        attempt.answered(verdict, 0, outcome, attempt.time().nanos());
        attempt.end(null);
        return outcome;
    }

    private Throwable explained(Throwable thrown) {
        if (unconnected(thrown)) {
            return Unconnected.told(node, thrown);
        }
        return ofTls(thrown) && thrown instanceof IOException io ? leaf.explained(attempt(), node, io) : thrown;
    }

    @Override
    boolean isOver() {
        return phase == OVER;
    }

    /** Nobody reads the body to its end or closes it, or the async call is stuck where it cannot be cut off. */
    @Override
    void abandon() {
        IOException late = new InterruptedIOException("timeout");
        if (phase == BODY_OPEN) {
            over(late);
        } else if (promise != null && PHASE.compareAndSet(this, HEAD_AWAITED, OVER)) {
            home.lookout().remove(place);
            abandoned = true;
            // Not on the timer's thread: what waits for the answer goes on where it is told.
            home.elsewhere(() -> complete(failed(late)));
        }
    }

    @Override
    public void dnsStart(okhttp3.Call call, String domainName) {
        NodeAddress.asks(this);
    }

    @Override
    void handshakes() {
        if (fallback != null) {
            long left = attempt().remainingNanos(attempt().time().nanos());
            attempt().time().after(TlsAbility.patienceNanos(fallback.connectNanos, left), this::giveUpHandshake);
        }
    }

    private void giveUpHandshake() {
        if (handshaking()) {
            cut(Cut.HANDSHAKE);
        }
    }

    // The end.

    @Override
    public void callEnd(okhttp3.Call call) {
        over(null);
    }

    @Override
    public void callFailed(okhttp3.Call call, IOException e) {
        over(e);
    }

    private void over(@Nullable IOException e) {
        broken = e;
        if (leave() == BODY_OPEN) {
            attempt().end(e);
        }
    }

    /** The phase before. */
    private int leave() {
        int before = (int) PHASE.getAndSet(this, OVER);
        if (before != OVER) {
            home.lookout().remove(place);
        }
        return before;
    }

    /**
     * What to do where a handshake has failed.
     *
     * @param connectNanos how long connecting may take
     * @param send sends it without TLS, or gives null where that is not to be done
     */
    record Fallback(long connectNanos, Function<Throwable, @Nullable Reply<Response>> send) {}
}
