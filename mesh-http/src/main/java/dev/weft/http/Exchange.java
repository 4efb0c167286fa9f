package dev.weft.http;

import dev.weft.call.Call;
import dev.weft.call.Cancellable;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Node;
import dev.weft.identity.TlsAbility;
import dev.weft.time.Lookout;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import okhttp3.Callback;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.HttpUrl;
import okhttp3.Response;
import okio.AsyncTimeout;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on the wire: listens to OkHttp to know how far the request got, bounds it, cuts it off, and reports its
 * head and its end, each once.
 *
 * <p>The head is reported by whoever waited for it; the end comes as an event, on any thread, when nothing is left
 * open: the body was read or closed, or broke. An answer without a body ends before its head is returned, so the end
 * that comes first waits for the head.
 */
final class Exchange extends EventListener implements Cancellable, Lookout.Watched, Callback {
    private static final VarHandle PHASE;
    private static final VarHandle CUT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PHASE = lookup.findVarHandle(Exchange.class, "phase", int.class);
            CUT = lookup.findVarHandle(Exchange.class, "cut", Cut.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int HEAD_AWAITED = 0;
    private static final int BODY_OPEN = 1;
    private static final int OVER = 2;

    /** How soon an interrupted caller is let go: nobody tells when a thread that reads a socket is interrupted. */
    private static final long INTERRUPT_NANOS = 100_000_000;

    /** After its deadline an exchange whose caller does not even notice is over all the same. */
    private static final long ABANDONED_NANOS = 1_000_000_000;

    private final Call attempt;
    private final Node node;
    private final okhttp3.Call wire;
    private final HttpLeaf leaf;
    private final HttpWire home;
    private int place;
    private @Nullable Fallback fallback;
    private @Nullable Promise<Response> promise;
    private @Nullable IOException broken;

    private volatile @Nullable Thread caller;
    private volatile int phase;

    /** Why it was cut off, if it was. */
    private volatile @Nullable Cut cut;

    /** OkHttp looks for a connection: from here on a failure is the node's, and OkHttp's own time-out is running. */
    private volatile boolean connecting;

    private volatile @Nullable Future<?> lookup;

    private volatile boolean handshaking;
    /** The async call was given up, however it comes back. */
    private volatile boolean abandoned;

    private boolean handshook;
    private boolean sent;
    private boolean wireFailed;

    Exchange(Call attempt, Node node, okhttp3.Call wire, HttpLeaf leaf) {
        this.attempt = attempt;
        this.node = node;
        this.wire = wire;
        this.leaf = leaf;
        this.home = leaf.home();
    }

    /** What to do where the node cannot do TLS; without it that is a failure. */
    void orElse(Fallback fallback) {
        this.fallback = fallback;
    }

    /** Sends, and waits for the head if the call's pace is to wait. */
    Reply<Response> send() {
        wire.addEventListener(this);
        boolean blocking = attempt.pace().isBlocking();
        if (blocking) {
            caller = Thread.currentThread();
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
            return answered(wire.execute());
        } catch (Throwable thrown) {
            return failed(thrown);
        } finally {
            caller = null;
        }
    }

    private Reply<Response> enqueue(Promise<Response> awaited) {
        try {
            wire.enqueue(this);
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
        reply.onDone(attempt, (a, outcome) -> complete(outcome));
    }

    private Outcome<Response> answered(Response received) {
        Response response = KeepsAnswer.restored(received);
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
        if (fallback != null && handshaking && (cut == null || cut == Cut.HANDSHAKE)) {
            Reply<Response> instead = fallback.send.apply(thrown);
            if (instead != null) {
                return instead;
            }
        }
        if (thrown instanceof VirtualMachineError error && !(thrown instanceof StackOverflowError)) {
            attempt.end(error);
            throw error;
        }
        Thread waited = caller;
        if (waited != null && waited.isInterrupted() && CUT.compareAndSet(this, null, Cut.INTERRUPTED)) {
            attempt.logical().cancel();
        }
        Cut why = cut;
        Throwable cause = why == null ? explained(thrown) : why.told(attempt, node, thrown);
        Verdict verdict = Failures.verdict(thrown, why, connecting, sent, wireFailed);
        Outcome<Response> outcome = new Failure<>(cause);
        attempt.answered(verdict, 0, outcome, attempt.time().nanos());
        attempt.end(null);
        return outcome;
    }

    /** A certificate that was refused reads like any broken connection, so each that breaks before its first answer says more. */
    private Throwable explained(Throwable thrown) {
        if (Unconnected.is(thrown) && !handshook && !sent) {
            return Unconnected.told(node, thrown);
        }
        boolean ofTls = thrown instanceof SSLException || (handshook && (wireFailed || !sent));
        return ofTls && connecting && thrown instanceof IOException io ? leaf.explained(attempt, node, io) : thrown;
    }

    // Cutting off.

    @Override
    public void cancel() {
        cut(Cut.CANCELLED);
    }

    private void cut(Cut why) {
        if (phase != OVER && CUT.compareAndSet(this, null, why)) {
            stopLookup();
            cancelWire();
        }
    }

    /** Waits for an address; to be cut off like the rest. */
    void looksUp(Future<?> address) {
        lookup = address;
        if (cut != null) {
            stopLookup();
        }
    }

    private void stopLookup() {
        Future<?> waiting = lookup;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    private void cancelWire() {
        try {
            wire.cancel();
        } catch (RuntimeException e) {
            // A listener of the user's threw; the connection is cut all the same.
            return;
        }
    }

    @Override
    public long look(long nowNanos) {
        if (phase == OVER) {
            return Lookout.NEVER_NANOS;
        }
        Thread waits = caller;
        if (waits != null && waits.isInterrupted() && cut == null) {
            cut(Cut.INTERRUPTED);
            attempt.logical().cancel();
        }
        if (attempt.remainingNanos(nowNanos) > 0) {
            return untilNextLook(nowNanos);
        }
        if (CUT.compareAndSet(this, null, Cut.DEADLINE)) {
            expire();
            stopLookup();
            return ABANDONED_NANOS;
        }
        abandon();
        return Lookout.NEVER_NANOS;
    }

    private long untilNextLook(long nowNanos) {
        long left = attempt.remainingNanos(nowNanos);
        return caller == null ? left : Math.min(left, INTERRUPT_NANOS);
    }

    /**
     * Lets OkHttp's own time-out of the call strike now, which gives body readers OkHttp's own exception. It is not
     * armed beforehand, since that costs a call more than anything else Weft does.
     */
    private void expire() {
        if (connecting && wire.timeout() instanceof AsyncTimeout timeout) {
            try {
                timeout.timeout(1, TimeUnit.NANOSECONDS);
                timeout.enter();
                return;
            } catch (IllegalStateException e) {
                // An interceptor of the user's has armed it already.
            }
        }
        cancelWire();
    }

    /** Nobody reads the body to its end or closes it, or the async call is stuck where it cannot be cut off. */
    private void abandon() {
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

    // How far it got.

    @Override
    public void proxySelectStart(okhttp3.Call call, HttpUrl url) {
        connecting = true;
    }

    @Override
    public void dnsStart(okhttp3.Call call, String domainName) {
        NodeAddress.asks(this);
    }

    @Override
    public void connectionAcquired(okhttp3.Call call, Connection connection) {
        connecting = true;
    }

    @Override
    public void secureConnectStart(okhttp3.Call call) {
        handshaking = true;
        handshook = true;
        if (fallback != null) {
            long left = attempt.remainingNanos(attempt.time().nanos());
            attempt.time().after(TlsAbility.patienceNanos(fallback.connectNanos, left), this::giveUpHandshake);
        }
    }

    private void giveUpHandshake() {
        if (handshaking) {
            cut(Cut.HANDSHAKE);
        }
    }

    @Override
    public void secureConnectEnd(okhttp3.Call call, @Nullable Handshake handshake) {
        handshaking = false;
    }

    @Override
    public void requestHeadersStart(okhttp3.Call call) {
        sent = true;
    }

    @Override
    public void requestFailed(okhttp3.Call call, IOException e) {
        wireFailed = true;
    }

    @Override
    public void responseFailed(okhttp3.Call call, IOException e) {
        wireFailed = true;
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
            attempt.end(e);
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
