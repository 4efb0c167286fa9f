package dev.weft.admission;

import dev.weft.call.Criticality;
import dev.weft.call.Deadline;
import dev.weft.endpoint.Backlog;
import dev.weft.policy.LayerValues;
import dev.weft.policy.Mode;
import dev.weft.policy.Policy;
import dev.weft.policy.PolicySnapshot;
import dev.weft.policy.PolicyStore;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.time.SlidingShare;
import dev.weft.time.Time;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says of each request that comes to this process whether it is handled, or refused before the application sees it. One
 * for all that the process serves, over whichever protocol: what is short is the process's own.
 *
 * <p>The same {@link Backlog} that holds calls back at their caller: requests stand in line for as long as it takes to
 * answer those before them. Here it is all callers' requests that count, and none may stand in line for long, however
 * long its caller would wait: the threads of most servers are used up before that, and what waits for a thread nobody sees.
 *
 * <p>Thread-safe; free of locks and allocation on the way of a request.
 */
public final class Admission implements AutoCloseable {
    public static final Setting<Mode> MODE = Setting.service(
            "server.admission",
            SettingTypes.choice(Mode.class),
            Mode.OBSERVE,
            "Whether this service, as a server, refuses requests, or only counts them, while it has more to do than it can.");
    public static final Setting<Duration> QUEUE = Setting.service(
            "server.queue",
            SettingTypes.duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
            Duration.ofMillis(200),
            "The longest line at this service as a server: requests are refused while those before them would take more"
                    + " than 60 % of it (critical_plus), 45 % (critical), 35 % (sheddable_plus), 25 % (sheddable), or that"
                    + " part of the time that their callers have left.");

    /** All that policy can set of it. */
    public static final List<Setting<?>> SETTINGS = List.of(MODE, QUEUE);

    /** What attempts that are not the first say of why they are made; see {@code Mesh-Attempt}. */
    private static final String AFTER_OVERLOAD = "reason=overloaded";
    /** Where that share of the requests are further attempts, others refuse them as well. */
    private static final double MANY = 0.1;

    private static final long SECOND = 1_000_000_000L;

    /** What became of a request that was let in. */
    public enum End {
        /** It was answered, well or not: it had its turn. */
        ANSWERED,
        /** Its caller gave it up. */
        GIVEN_UP,
        /** It ended in a way that says nothing of how long an answer takes, such as an answer of 503. */
        OTHERWISE
    }

    private final PolicyStore policies;
    private final String service;
    private final Time time;
    private final Backlog backlog;
    private final SlidingShare repeats;
    private final AdmissionCounts counts = new AdmissionCounts();
    private volatile Rules rules;

    /** @param service as callers call it, whose section of the policy holds; empty for the defaults */
    public Admission(PolicyStore policies, String service, Time time) {
        this.policies = policies;
        this.service = service;
        this.time = time;
        long now = time.nanos();
        this.backlog = new Backlog(now);
        this.repeats = new SlidingShare(10 * SECOND, 10, SECOND, now);
        this.rules = new Rules(policies.current(), service);
    }

    /** Publishes what there is to see. */
    public void publish(MeterRegistry registry) {
        counts.publish(registry, backlog, time);
    }

    /** Requests that are being handled and have not been answered yet. */
    public int underWay() {
        return backlog.waiting();
    }

    /**
     * Whether a request is handled. If so, {@link #ended} is to be called once, when its answer's head goes out or it ends
     * otherwise.
     *
     * @param context the context of the request, with the deadline and the criticality that came with it
     * @param attempt the header {@code Mesh-Attempt}
     * @return null where it is handled, else the answer to give
     */
    public @Nullable Refusal admit(Context context, @Nullable String attempt, long nowNanos) {
        Deadline deadline = Deadline.in(context);
        long left = deadline == null ? Time.NEVER_NANOS : deadline.nanosOn(time) - nowNanos;
        if (left <= 0) {
            counts.tooLate();
            return Refusal.TOO_LATE;
        }
        repeats.add(attempt != null, nowNanos);
        Rules now = rules();
        if (now.mode != Mode.OFF) {
            Refusal refusal = refusal(context, left, attempt, now, nowNanos);
            if (refusal != null) {
                return refusal;
            }
        }
        backlog.entered(nowNanos);
        return null;
    }

    private @Nullable Refusal refusal(Context context, long left, @Nullable String attempt, Rules now, long nowNanos) {
        if (now.mode == Mode.ENFORCE && left != Time.NEVER_NANOS && !backlog.inTime(left, nowNanos)) {
            counts.tooLate();
            return Refusal.TOO_LATE;
        }
        long reckoned = (long) Math.min((double) left, backlog.baseNanos() + now.queueNanos);
        if (!backlog.crowded(reckoned, Criticality.SHEDDABLE.share())) {
            return null;
        }
        Criticality criticality = Criticality.in(context);
        if (backlog.admits(reckoned, criticality.share(), nowNanos)) {
            return null;
        }
        if (now.mode == Mode.OBSERVE) {
            counts.observed();
            return null;
        }
        counts.overloaded(criticality);
        boolean all = attempt != null && attempt.endsWith(AFTER_OVERLOAD);
        SlidingShare.Counted asked = repeats.counted();
        return all || asked.hits() > MANY * asked.all() ? Refusal.ALL_OVERLOADED : Refusal.OVERLOADED;
    }

    /** A request that was let in has come to its end; to be called once for each. */
    public void ended(long sinceNanos, End end) {
        long now = time.nanos();
        switch (end) {
            case ANSWERED -> backlog.answered(now - sinceNanos, now);
            case GIVEN_UP -> backlog.gaveUp(now - sinceNanos, now);
            case OTHERWISE -> backlog.left();
        }
    }

    /** Takes its metrics back; requests go on as before. */
    @Override
    public void close() {
        counts.close();
    }

    /** What policy says now. */
    private Rules rules() {
        Rules known = rules;
        PolicySnapshot current = policies.current();
        if (known.snapshot != current) {
            known = new Rules(current, service);
            rules = known;
        }
        return known;
    }

    private static final class Rules {
        final PolicySnapshot snapshot;
        final Mode mode;
        final long queueNanos;

        Rules(PolicySnapshot snapshot, String service) {
            Policy policy = snapshot.service(service).policy(-1, LayerValues.NONE);
            this.snapshot = snapshot;
            this.mode = policy.get(MODE);
            this.queueNanos = policy.get(QUEUE).toNanos();
        }
    }
}
