package dev.weft.quickstart.stage;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** What the callers of a service saw in the last two seconds. For use by one thread. */
final class Lately {
    private static final long WINDOW_NANOS = Duration.ofSeconds(2).toNanos();

    private final String service;
    private final Tally tally;
    private final Deque<Look> looks = new ArrayDeque<>();
    private Look first;
    private Look last;

    private record Look(long nanos, Seen seen) {}

    Lately(String service, Tally tally, long nowNanos) {
        this.service = service;
        this.tally = tally;
        this.first = new Look(nowNanos, tally.seen());
        this.last = first;
    }

    void look(long nowNanos) {
        last = new Look(nowNanos, tally.seen());
        looks.add(last);
        while (looks.size() > 1 && nowNanos - looks.element().nanos >= WINDOW_NANOS) {
            first = looks.remove();
        }
    }

    String service() {
        return service;
    }

    Seen seen() {
        return last.seen.since(first.seen);
    }

    double seconds() {
        return (last.nanos - first.nanos) / 1e9;
    }
}
