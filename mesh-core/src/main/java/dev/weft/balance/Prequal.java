package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.call.Verdict;
import dev.weft.call.Wire;
import dev.weft.endpoint.LoadSignal;
import dev.weft.endpoint.Node;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prequal (Wydrowski et al., NSDI 2024): servers say how many requests they have under way and how long these take, when
 * asked beside the calls, and with answers. Of the few who spoke last those with the most under way are hot; the quickest
 * of the cold gets the call. Where fewer than two have spoken within the last second, calls go as with {@code peakEwma}.
 */
final class Prequal implements Balancer {
    private final Tuning tuning;

    Prequal(Tuning tuning) {
        this.tuning = tuning;
    }

    @Override
    public Picker picker(List<Share> shares) {
        return new Quickest(shares, tuning);
    }

    @Override
    public void ended(Call attempt, Node node, Wire<?> wire) {
        Verdict verdict = attempt.verdict();
        LoadSignal said = verdict.neutral() || verdict.repels() ? null : wire.loadSignal(attempt);
        if (said != null) {
            Sounding.of(node).heard(said, attempt.endNanos());
        }
    }

    private static final class Quickest implements Picker {
        private final Sounding[] all;
        private final Soundings pool;
        private final Picker usual;
        /** Who is asked; null where all weigh the same. */
        private final @Nullable Lots lots;

        private final Tuning tuning;

        Quickest(List<Share> shares, Tuning tuning) {
            this.tuning = tuning;
            this.usual = PowerOfChoices.byWait(shares, tuning);
            this.all = shares.stream().map(share -> Sounding.of(share.node())).toArray(Sounding[]::new);
            if (Share.alike(shares)) {
                this.lots = null;
                this.pool = new Soundings(all, null, tuning);
            } else {
                double[] weights = shares.stream().mapToDouble(Share::weight).toArray();
                double mean = Arrays.stream(weights).sum() / weights.length;
                this.lots = Lots.of(weights);
                this.pool = new Soundings(
                        all, Arrays.stream(weights).map(weight -> mean / weight).toArray(), tuning);
            }
        }

        @Override
        public Node pick(Call attempt, long nowNanos) {
            int size = all.length;
            if (size == 1) {
                return all[0].node;
            }
            for (int i = 0; i < Soundings.PROBES_PER_CALL; i++) {
                long bits = tuning.random().nextLong();
                int at = lots == null ? Lots.place(bits, size) : lots.draw(bits);
                if (all[at].due(nowNanos)) {
                    all[at].ask(tuning.asker(), tuning.decayNanos(), nowNanos, () -> pool.add(at));
                } else if (i > 0 && all[at].counts(nowNanos)) {
                    // As good as asking it again; two make up for what a call takes out.
                    pool.add(at);
                }
            }
            Sounding best = pool.take(attempt, nowNanos);
            return best == null ? usual.pick(attempt, nowNanos) : best.node;
        }
    }
}
