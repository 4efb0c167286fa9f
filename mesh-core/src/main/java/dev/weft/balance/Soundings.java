package dev.weft.balance;

import dev.weft.call.Call;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * Prequal's pool: the few nodes whose word calls go by. Up to {@value #PLACES} nodes have a place each for good, and their
 * answers keep it fresh. Of more the ones who were asked last are in it; each is used a few times, and each call takes
 * out one more, the oldest and the worst in turn, or those that nobody wants would be left. Thread-safe, no locks: what
 * two calls do at once may cost a place, no more.
 */
final class Soundings {
    static final int PLACES = 16;
    static final int PROBES_PER_CALL = 3;
    private static final int REMOVED_PER_CALL = 1;
    private static final double DELTA = 1;
    /** Above this quantile of requests under way a node is hot: 2 to the minus a quarter. */
    private static final double HOT = Math.pow(2, -0.25);

    private static final int FEWEST = 2;
    /** Nanoseconds: more than any latency. */
    private static final double NEVER = Long.MAX_VALUE;

    private static final int NONE = -1;

    private final Sounding[] all;
    /** 1 over each one's part of the traffic, where 1 is the mean; null where all are alike. */
    private final double @Nullable [] perShare;

    private final Tuning tuning;
    private final boolean whole;
    private final double reuse;
    private final AtomicIntegerArray places;
    private final AtomicInteger removals = new AtomicInteger();

    Soundings(Sounding[] all, double @Nullable [] perShare, Tuning tuning) {
        this.all = all;
        this.perShare = perShare;
        this.tuning = tuning;
        this.whole = all.length <= PLACES;
        this.reuse = reuse(all.length);
        this.places = new AtomicIntegerArray(Math.min(PLACES, all.length));
        for (int i = 0; i < places.length(); i++) {
            places.set(i, whole ? i : NONE);
        }
        // What was said before the list changed still counts.
        for (int at = 0; at < all.length && !whole; at++) {
            if (all[at].said()) {
                add(at);
            }
        }
    }

    /** How often one word is gone by: more often, the fewer come in. */
    static double reuse(int nodes) {
        double gained = (1 - (double) PLACES / nodes) * PROBES_PER_CALL - REMOVED_PER_CALL;
        return gained <= 0 ? Double.POSITIVE_INFINITY : Math.max(1, (1 + DELTA) / gained);
    }

    /** It has spoken: it takes a free place, else the oldest's. */
    void add(int at) {
        if (whole) {
            return;
        }
        long now = all[at].saidNanos();
        int place = NONE;
        long oldest = 0;
        for (int i = 0; i < places.length(); i++) {
            int in = places.get(i);
            if (in == at) {
                return;
            }
            long age = in == NONE ? Long.MAX_VALUE : all[in].ageNanos(now);
            if (place == NONE || age > oldest) {
                oldest = age;
                place = i;
            }
        }
        places.set(place, at);
    }

    /** The quickest of the cold; null where too few have spoken. */
    @Nullable
    Sounding take(Call attempt, long nowNanos) {
        double limit = limit(attempt, nowNanos);
        if (limit < 0) {
            return null;
        }
        boolean oldest = !whole && (removals.getAndIncrement() & 1) == 0;
        int size = places.length();
        int start = Lots.place(tuning.random().nextLong(), size);
        int best = NONE;
        int bestAt = NONE;
        double least = 0;
        int out = NONE;
        double worst = 0;
        for (int i = 0; i < size; i++) {
            int place = start + i < size ? start + i : start + i - size;
            int at = places.get(place);
            if (at == NONE) {
                continue;
            }
            boolean usable = usable(at, attempt, nowNanos);
            double cost = usable ? cost(at, limit, nowNanos) : Double.MAX_VALUE;
            double badness = oldest ? all[at].ageNanos(nowNanos) : cost;
            if (!whole && (out == NONE || badness > worst)) {
                out = place;
                worst = badness;
            }
            if (usable
                    && (best == NONE || cost < least)
                    && tuning.slowStart().admits(all[at].node, tuning.random(), nowNanos)) {
                best = place;
                bestAt = at;
                least = cost;
            }
        }
        if (best == NONE) {
            return null;
        }
        int uses = all[bestAt].used();
        if (!whole) {
            places.set(out, NONE);
            if (uses >= mostUses()) {
                places.compareAndSet(best, bestAt, NONE);
            }
        }
        return all[bestAt];
    }

    /** The formula's number, rounded by chance. */
    private double mostUses() {
        double part = (tuning.random().nextLong() >>> 11) * 0x1p-53;
        return Math.floor(reuse) + (part < reuse % 1 ? 1 : 0);
    }

    /** The latency of a cold one; all of the hot come after those, by what they have under way. */
    private double cost(int at, double limit, long nowNanos) {
        double load = load(at);
        return load > limit ? NEVER * (1 + load) : all[at].latencyNanos(nowNanos, tuning.decayNanos());
    }

    /** What the hot have more under way than; negative where too few have spoken. */
    private double limit(Call attempt, long nowNanos) {
        // The quantile is the fourth largest at most: with 16 of them three are above it.
        double first = -1;
        double second = -1;
        double third = -1;
        double fourth = -1;
        int count = 0;
        for (int i = 0; i < places.length(); i++) {
            int at = places.get(i);
            if (at == NONE || !usable(at, attempt, nowNanos)) {
                continue;
            }
            count++;
            double load = load(at);
            if (load > first) {
                fourth = third;
                third = second;
                second = first;
                first = load;
            } else if (load > second) {
                fourth = third;
                third = second;
                second = load;
            } else if (load > third) {
                fourth = third;
                third = load;
            } else if (load > fourth) {
                fourth = load;
            }
        }
        if (count < FEWEST) {
            return -1;
        }
        return switch (count - (int) (HOT * (count - 1))) {
            case 1 -> first;
            case 2 -> second;
            case 3 -> third;
            default -> fourth;
        };
    }

    private boolean usable(int at, Call attempt, long nowNanos) {
        return all[at].counts(nowNanos) && !Picker.avoided(attempt, all[at].node, nowNanos);
    }

    private double load(int at) {
        int inFlight = all[at].inFlight();
        return perShare == null ? inFlight : inFlight * perShare[at];
    }
}
