package dev.weft.guard;

import dev.weft.call.Criticality;
import dev.weft.call.Verdict;
import dev.weft.time.SlidingShare;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many attempts at a service are in vain: after Google's SRE book, "Handling overload". Where of the last {@value
 * #WINDOW_SECONDS} s fewer than one in {@value #K} were taken on, each goes out with the chance that leaves {@value #K} times
 * as many as are taken on. Each criticality for itself.
 *
 * <p>The rule alone would hold back for half a minute what a service can take that is well again. So where those that go out
 * are taken on one after the other, what was before is forgotten. Thread-safe; a lock is taken ten times a second by one of
 * those who count.
 */
final class Throttle {
    private static final int WINDOW_SECONDS = 30;
    private static final int K = 2;
    /** So many are held back at most, or nobody would learn that it is over. */
    private static final double MOST = 0.9;
    /** So many are taken on one after the other by a service that is well, and of one that takes on half once in a million. */
    private static final int WELL = 20;

    private static final long SECOND = 1_000_000_000L;

    private final Map<Criticality, Level> levels = new EnumMap<>(Criticality.class);

    Throttle(long nowNanos) {
        for (Criticality criticality : Criticality.values()) {
            levels.put(criticality, new Level(nowNanos));
        }
    }

    Level of(Criticality criticality) {
        return Objects.requireNonNull(levels.get(criticality));
    }

    /** The highest of all chances. */
    double highest() {
        double highest = 0;
        for (Level each : levels.values()) {
            highest = Math.max(highest, each.chance());
        }
        return highest;
    }

    /** Attempts of one criticality. */
    static final class Level {
        private final SlidingShare asked;
        /** Taken on one after the other, while others are held back. */
        private final AtomicInteger inARow = new AtomicInteger();

        private Level(long nowNanos) {
            this.asked = new SlidingShare(WINDOW_SECONDS * SECOND, 10, SECOND / 10, nowNanos);
        }

        /** One was not made. Those that are count at their end: of one under way nobody knows whether it is taken on. */
        void asked(long nowNanos) {
            asked.add(false, nowNanos);
        }

        /** The chance, 0 to 1, with which one is not made. */
        double chance() {
            SlidingShare.Counted counted = asked.counted();
            long all = counted.all();
            if (all < WINDOW_SECONDS) {
                return 0;
            }
            double over = (double) (all - K * counted.hits()) / (all + 1);
            return over <= 0 ? 0 : Math.min(MOST, over);
        }

        /** One came to that. Who was given up, or did not go out, shows nothing. */
        void ended(Verdict verdict, long nowNanos) {
            if (verdict.neutral()) {
                return;
            }
            switch (verdict) {
                case THROTTLED, UNAVAILABLE, OVERLOADED, TIMEOUT -> {
                    asked.add(false, nowNanos);
                    if (inARow.get() != 0) {
                        inARow.set(0);
                    }
                }
                default -> takenOn(nowNanos);
            }
        }

        private void takenOn(long nowNanos) {
            asked.add(true, nowNanos);
            if (chance() > 0 && inARow.incrementAndGet() >= WELL) {
                inARow.set(0);
                asked.clear();
            }
        }
    }
}
