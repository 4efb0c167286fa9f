package dev.weft.endpoint;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * A service as a queue, in its own time, and the callers who ask a {@link Backlog} before each call. Calls come at random
 * (Poisson), are served in the order of coming by so many workers, each in a time drawn at random around the mean, and
 * go on being served when their caller has gone.
 */
final class Line {
    private static final double SECOND = 1e9;

    final Random random = new Random(5);
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Deque<Visit> queue = new ArrayDeque<>();
    private final int workers;
    private final LongUnaryOperator serviceNanos;
    private final int room;
    private final long patienceNanos;
    private final Backlog[] callers;
    private long now;
    private long order;
    private int busy;

    // What came of the calls since the last reset.
    int calls;
    int good;
    int late;
    int refused;
    int turnedAway;
    int vain;
    int served;

    /** @param serviceNanos what a service takes that begins at that moment */
    Line(int callers, int workers, LongUnaryOperator serviceNanos, int room, long patienceNanos) {
        this.callers = new Backlog[callers];
        for (int i = 0; i < callers; i++) {
            this.callers[i] = new Backlog(0);
        }
        this.workers = workers;
        this.serviceNanos = serviceNanos;
        this.room = room;
        this.patienceNanos = patienceNanos;
    }

    /** Service times drawn from an exponential distribution. */
    LongUnaryOperator exponential(double meanNanos) {
        return t -> (long) (-Math.log(1 - random.nextDouble()) * meanNanos);
    }

    Backlog caller() {
        return callers[0];
    }

    long now() {
        return now;
    }

    void reset() {
        calls = good = late = refused = turnedAway = vain = served = 0;
    }

    /** Calls come for so long, so many in a second, each with a share drawn at that moment. */
    void run(double seconds, double perSecond, DoubleUnaryOperator share) {
        long end = now + (long) (seconds * SECOND);
        long next = now + gap(perSecond);
        while (next < end) {
            serveUntil(next);
            arrive(share.applyAsDouble(random.nextDouble()));
            next = now + gap(perSecond);
        }
        serveUntil(end);
    }

    void run(double seconds, double perSecond) {
        run(seconds, perSecond, chance -> 0.45);
    }

    /** Nobody comes any more. */
    void drain() {
        serveUntil(Long.MAX_VALUE);
    }

    private long gap(double perSecond) {
        return (long) (-Math.log(1 - random.nextDouble()) / perSecond * SECOND);
    }

    private void arrive(double share) {
        calls++;
        Backlog caller = callers[random.nextInt(callers.length)];
        if (caller.crowded(patienceNanos, 0.25) && !caller.admits(patienceNanos, share, now)) {
            refused++;
            return;
        }
        if (queue.size() >= room) {
            turnedAway++;
            return;
        }
        caller.entered(now);
        Visit visit = new Visit(caller, now);
        queue.add(visit);
        at(now + patienceNanos, () -> leave(visit, false));
        work();
    }

    private void work() {
        while (busy < workers && !queue.isEmpty()) {
            Visit visit = queue.remove();
            busy++;
            at(now + serviceNanos.applyAsLong(now), () -> {
                busy--;
                served++;
                leave(visit, true);
                work();
            });
        }
    }

    private void leave(Visit visit, boolean answered) {
        if (visit.over) {
            vain += answered ? 1 : 0;
            return;
        }
        visit.over = true;
        if (answered) {
            good++;
            visit.caller.answered(now - visit.since, now);
        } else {
            late++;
            visit.caller.gaveUp(now - visit.since, now);
        }
    }

    private void serveUntil(long nanos) {
        while (!events.isEmpty() && events.peek().at <= nanos) {
            Event event = events.remove();
            now = event.at;
            event.work.run();
        }
        if (nanos != Long.MAX_VALUE) {
            now = nanos;
        }
    }

    private void at(long nanos, Runnable work) {
        events.add(new Event(nanos, order++, work));
    }

    private static final class Visit {
        final Backlog caller;
        final long since;
        boolean over;

        Visit(Backlog caller, long since) {
            this.caller = caller;
            this.since = since;
        }
    }

    private record Event(long at, long order, Runnable work) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }
}
