package dev.weft.testkit;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Pushback;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.call.Wire;
import dev.weft.endpoint.Node;
import dev.weft.time.Time;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * A wire that sends nothing and answers as it was told. It keeps the whole contract of {@link Wire}: head and end are
 * reported, deadline and cancellation obeyed, in both paces. Thread-safe.
 *
 * <p>For each attempt the first that speaks decides: the queue of {@link #next}, what {@link #at} says of its node,
 * {@link #script}. Without any of them it answers as the constructor was told.
 */
public final class ScriptedWire<R> implements Wire<R> {
    private final Queue<Answer<R>> next = new ConcurrentLinkedQueue<>();
    private final Map<String, Answer<R>> byAddress = new ConcurrentHashMap<>();
    private final Map<Call, Answer<R>> given = new ConcurrentHashMap<>();
    private final List<Call> attempts = new CopyOnWriteArrayList<>();
    private final List<R> discarded = new CopyOnWriteArrayList<>();
    private volatile Function<Call, Answer<R>> script;
    private volatile String protocol = "scripted";
    private volatile boolean replayable = true;
    private volatile boolean idempotent = true;
    private volatile boolean safe;
    private volatile Duration leastLate = Duration.ZERO;
    private volatile boolean hedgeable = true;
    private volatile BiPredicate<R, R> carries = Wire.super::carries;

    /** Answers {@code value} at once, unless told otherwise. */
    public ScriptedWire(R value) {
        this.script = attempt -> Answer.ok(value);
    }

    // The script.

    /** What the next attempts get, one each, whatever their node. */
    @SafeVarargs
    public final ScriptedWire<R> next(Answer<R>... answers) {
        for (Answer<R> answer : answers) {
            next.add(answer);
        }
        return this;
    }

    /** What every attempt at that node gets. */
    public ScriptedWire<R> at(String address, Answer<R> answer) {
        byAddress.put(address, answer);
        return this;
    }

    /** What every other attempt gets. */
    public ScriptedWire<R> script(Function<Call, Answer<R>> script) {
        this.script = script;
        return this;
    }

    public ScriptedWire<R> protocol(String protocol) {
        this.protocol = protocol;
        return this;
    }

    /** Whether requests can be sent again; true unless told otherwise. */
    public ScriptedWire<R> replayable(boolean replayable) {
        this.replayable = replayable;
        return this;
    }

    /** Whether requests are idempotent by protocol; true unless told otherwise. */
    public ScriptedWire<R> idempotent(boolean idempotent) {
        this.idempotent = idempotent;
        return this;
    }

    /** Whether requests change nothing; false unless told otherwise. */
    public ScriptedWire<R> safe(boolean safe) {
        this.safe = safe;
        return this;
    }

    /** Whether what is idempotent may be hedged as well; true unless told otherwise. */
    public ScriptedWire<R> hedgeable(boolean hedgeable) {
        this.hedgeable = hedgeable;
        return this;
    }

    /** Before how long no attempt is late; zero unless told otherwise. */
    public ScriptedWire<R> leastLate(Duration leastLate) {
        this.leastLate = leastLate;
        return this;
    }

    /** Which answer was made from which: {@code (given, answer)}; only the same unless told otherwise. */
    public ScriptedWire<R> carries(BiPredicate<R, R> carries) {
        this.carries = carries;
        return this;
    }

    // What it saw.

    /** Every attempt that reached the wire, in order. */
    public List<Call> attempts() {
        return List.copyOf(attempts);
    }

    /** The addresses of the nodes that were asked, in order; {@code "-"} where none was picked. */
    public List<String> asked() {
        return attempts.stream().map(ScriptedWire::address).toList();
    }

    /** The answers that were thrown away, in order. */
    public List<R> discarded() {
        return List.copyOf(discarded);
    }

    private static String address(Call attempt) {
        Node node = attempt.node();
        return node == null ? "-" : node.address();
    }

    // The wire.

    @Override
    public long leastLateNanos(Call attempt) {
        return leastLate.toNanos();
    }

    @Override
    public Reply<R> call(Call attempt) {
        attempts.add(attempt);
        Answer<R> answer = answerFor(attempt);
        given.put(attempt, answer);
        Outcome<R> outcome = answer.outcome();
        if (outcome != null && answer.delay().isZero() && !attempt.cancelled()) {
            report(attempt, answer.verdict(), answer.status(), outcome, answer.open());
            return outcome;
        }
        return attempt.pace().settle(attempt, later(attempt, answer));
    }

    private Answer<R> answerFor(Call attempt) {
        Answer<R> queued = next.poll();
        if (queued != null) {
            return queued;
        }
        Answer<R> ofNode = byAddress.get(address(attempt));
        return ofNode != null ? ofNode : script.apply(attempt);
    }

    private Promise<R> later(Call attempt, Answer<R> answer) {
        Promise<R> promise = new Promise<>();
        AtomicBoolean over = new AtomicBoolean();
        Time time = attempt.time();
        long left = attempt.remainingNanos(time.nanos());
        long delay = answer.delay().toNanos();
        Outcome<R> outcome = answer.outcome();
        Time.Scheduled timer = () -> {};
        if (outcome != null && delay < left) {
            timer = time.after(delay, () -> {
                if (over.compareAndSet(false, true)) {
                    report(attempt, answer.verdict(), answer.status(), outcome, answer.open());
                    if (!promise.complete(outcome)) {
                        attempt.discard(this);
                    }
                }
            });
        } else if (attempt.hasDeadline()) {
            Outcome<R> late = new Failure<>(new SocketTimeoutException("scripted: no answer in time"));
            timer = time.after(left, () -> fail(attempt, over, promise, Verdict.TIMEOUT, late));
        }
        Time.Scheduled armed = timer;
        attempt.onCancel(() -> {
            armed.cancel();
            fail(attempt, over, promise, Verdict.CANCELLED, new Failure<>(new IOException("scripted: cancelled")));
        });
        return promise;
    }

    private void fail(Call attempt, AtomicBoolean over, Promise<R> promise, Verdict verdict, Outcome<R> outcome) {
        if (over.compareAndSet(false, true)) {
            report(attempt, verdict, 0, outcome, false);
            promise.complete(outcome);
        }
    }

    private static void report(Call attempt, Verdict verdict, int status, Outcome<?> outcome, boolean open) {
        attempt.answered(verdict, status, outcome, attempt.time().nanos());
        if (!open || outcome instanceof Failure<?>) {
            attempt.end(null);
        }
    }

    @Override
    public String protocol() {
        return protocol;
    }

    @Override
    public boolean replayable(Call call) {
        return replayable;
    }

    @Override
    public boolean idempotent(Call call) {
        return idempotent;
    }

    @Override
    public boolean safe(Call call) {
        return safe;
    }

    @Override
    public boolean hedgeable(Call call) {
        return idempotent && hedgeable;
    }

    @Override
    public Pushback pushback(Call attempt, Outcome<R> outcome) {
        Answer<R> answer = given.get(attempt);
        return answer == null ? Pushback.NONE : answer.pushback();
    }

    @Override
    public boolean carries(R given, R answer) {
        return carries.test(given, answer);
    }

    @Override
    public void discard(R response) {
        discarded.add(response);
        for (Call attempt : attempts) {
            if (attempt.outcome() instanceof Success<?> success && success.value() == response) {
                attempt.end(null);
            }
        }
    }
}
