package dev.weft.consul;

import dev.weft.rate.RateShares;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** This process's part in one limit. Confined to the loop's thread, but for {@link #close} and {@link #passTo}. */
final class LeasedShare {
    /** This part of a limit is divided equally, so that nobody is left without; the rest goes by demand. */
    static final double EQUAL = 0.2;

    /** A share rises when it could have for so long: by then all others have seen why theirs fall. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** After Consul was away others may still be on their way back. */
    static final long LONG_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(12);

    /** What Consul said last holds for so long, as a session would. */
    static final long TRUST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final double TOLD_CHANGE = 0.1;

    /** Demand is an average of about that long: a share that follows every gust falls more than it rises. */
    private static final double SMOOTH_SECONDS = 4;

    private final String limit;
    private volatile WeakReference<RateShares.Party> party;
    private volatile boolean closed;
    private volatile double share;
    private int instances;
    private double demand;
    private long asked;
    private long askedNanos;
    /** For how long it was asked, of the time that the average goes over. */
    private double measuredSeconds;

    private @Nullable String told;
    /** What others were told of the demand at the last look; nothing to go by before it was measured. */
    private double toldBefore = Double.MAX_VALUE;

    private boolean known;
    private long heardNanos;
    private boolean away;
    private String trouble = "";
    /** The least that it could have had since then. */
    private double least = 1;

    private long sinceNanos;

    LeasedShare(String limit, RateShares.Party party, int expected, long nowNanos) {
        this.limit = limit;
        this.party = new WeakReference<>(party);
        this.instances = expected;
        this.share = 1.0 / expected;
        this.askedNanos = nowNanos;
        this.heardNanos = nowNanos;
        this.asked = party.asked();
        party.share(share);
    }

    String limit() {
        return limit;
    }

    /** It is somebody else's from now on: policy has changed the limit, and this process's part in it is what it was. */
    LeasedShare passTo(RateShares.Party next) {
        party = new WeakReference<>(next);
        next.share(Math.min(1, share));
        return this;
    }

    /** Its share goes back. */
    void close() {
        closed = true;
    }

    /** Whether nobody uses it any more. */
    boolean over() {
        return closed || party.get() == null;
    }

    /** Nobody but this process knows of it any more. */
    void forgotten() {
        told = null;
    }

    /** What is to be told of the demand, or null where that is no news. */
    @Nullable
    String news(long nowNanos) {
        RateShares.Party asking = party.get();
        double seconds = (nowNanos - askedNanos) / 1e9;
        if (asking != null && seconds >= 0.5) {
            long total = asking.asked();
            // Less than before: it is somebody else who is asked.
            double now = (total < asked ? total : total - asked) / seconds;
            // From the first measurement on a mean, or the demand of all that begin would seem to grow for long.
            measuredSeconds = Math.min(SMOOTH_SECONDS, measuredSeconds + seconds);
            demand += (now - demand) * Math.min(1, seconds / measuredSeconds);
            asked = total;
            askedNanos = nowNanos;
        }
        if (told != null) {
            double before = Double.parseDouble(told);
            if (Math.abs(demand - before) <= TOLD_CHANGE * Math.max(before, 0.5)) {
                return null;
            }
        }
        return String.format(Locale.ROOT, "%.2f", demand);
    }

    void told(String news) {
        told = news;
    }

    /** What all tell, this process among them. */
    void heard(String ownKey, List<RateRecord> records, long nowNanos) {
        heardNanos = nowNanos;
        List<RateRecord> live = records.stream().filter(RateRecord::live).toList();
        RateRecord own = live.stream()
                .filter(record -> record.key().equals(ownKey))
                .findFirst()
                .orElse(null);
        if (own == null) {
            // Consul has lost it, or has only just got it.
            forgotten();
            return;
        }
        // The others may have looked before it told its demand or after: it counts what is less, and so do they for
        // theirs. Then the shares of looks at different moments come to no more than those of one look would.
        double mine = Math.min(own.demand(), toldBefore);
        toldBefore = measuredSeconds > 0 ? own.demand() : toldBefore;
        double sum = mine
                + live.stream()
                        .filter(record -> !record.key().equals(ownKey))
                        .mapToDouble(RateRecord::demand)
                        .sum();
        double equal = 1.0 / live.size();
        double target = sum == 0 ? equal : EQUAL * equal + (1 - EQUAL) * mine / sum;
        if (away) {
            away = false;
            // Others may come back as much later as the longest pause between two tries.
            sinceNanos = nowNanos + LONG_PATIENCE_NANOS - PATIENCE_NANOS;
        }
        if (!known) {
            known = true;
            // Whoever is alone takes all; where there are others, these must make room first.
            set(live.size() == 1 ? target : Math.min(target, EQUAL * equal), nowNanos);
        }
        instances = live.size();
        towards(target, nowNanos);
    }

    /** When Consul was last heard of it. */
    long heardNanos() {
        return heardNanos;
    }

    /** Consul refuses it for this reason; whether that is news. */
    boolean trouble(String reason) {
        boolean news = !reason.equals(trouble);
        trouble = reason;
        return news;
    }

    /** Consul does not refuse it. */
    void well() {
        trouble = "";
    }

    private void towards(double target, long nowNanos) {
        least = Math.min(least, target);
        if (target <= share) {
            set(target, nowNanos);
        } else if (nowNanos - sinceNanos >= PATIENCE_NANOS) {
            set(least, nowNanos);
        }
    }

    /**
     * Consul could not be asked. What it said last holds for a while; then the share is an equal part, among as many as there
     * were: at once where that is less, else when all others have had the time to come down to theirs.
     *
     * @param silentNanos for how long it has said nothing
     */
    void missed(long silentNanos, long nowNanos) {
        away = true;
        least = 1;
        double equal = 1.0 / instances;
        if (silentNanos >= (equal < share ? TRUST_NANOS : TRUST_NANOS + LONG_PATIENCE_NANOS)) {
            set(equal, nowNanos);
        }
    }

    private void set(double fresh, long nowNanos) {
        share = fresh;
        least = 1;
        sinceNanos = nowNanos;
        RateShares.Party asking = party.get();
        if (asking != null) {
            asking.share(Math.min(1, fresh));
        }
    }
}
