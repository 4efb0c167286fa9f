package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.rate.RateShares;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeasedShareTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static final class Asked implements RateShares.Party {
        long asked;
        double share;

        @Override
        public long asked() {
            return asked;
        }

        @Override
        public void share(double share) {
            this.share = share;
        }
    }

    private static RateRecord record(int instance, double demand) {
        byte[] text = Double.toString(demand).getBytes(StandardCharsets.UTF_8);
        return new RateRecord("i" + instance, Base64.getEncoder().encodeToString(text), "session");
    }

    /** Whatever they are asked, and although each looks at another moment. */
    @Test
    void togetherTheyNeverHaveMoreThanTheLimitOnceAllHaveLooked() {
        Random random = new Random(4);
        int instances = 5;
        double[] demand = new double[instances];
        List<Asked> parties = new ArrayList<>();
        List<LeasedShare> shares = new ArrayList<>();
        for (int i = 0; i < instances; i++) {
            Asked party = new Asked();
            parties.add(party);
            shares.add(new LeasedShare("limit", party, instances, 0));
        }
        for (int tick = 1; tick < 5_000; tick++) {
            long now = tick * SECOND / instances;
            if (random.nextInt(10) == 0) {
                demand[random.nextInt(instances)] = random.nextInt(3) == 0 ? 0 : random.nextInt(1_000);
            }
            List<RateRecord> seen = new ArrayList<>();
            for (int i = 0; i < instances; i++) {
                seen.add(record(i, demand[i]));
            }
            shares.get(tick % instances).heard("i" + tick % instances, seen, now);
            double sum = parties.stream().mapToDouble(party -> party.share).sum();
            assertThat(sum).as("at %s", tick).isLessThanOrEqualTo(1 + 1e-9);
        }
    }

    @Test
    void withoutConsulWhoHasMoreThanAnEqualPartComesDownFirst() {
        Asked party = new Asked();
        LeasedShare share = new LeasedShare("limit", party, 1, 0);
        for (int second = 1; second < 10; second++) {
            share.heard("i0", List.of(record(0, 75), record(1, 25)), second * SECOND);
        }
        assertThat(party.share).isCloseTo(0.7, within(1e-9));
        share.missed(10 * SECOND, 19 * SECOND);
        assertThat(party.share).isEqualTo(0.5);
    }

    /** All begin or end to be asked together, and each tells of it, and looks, at a moment of its own. */
    @Test
    void whileTheDemandOfAllMovesTheyHaveNoMoreThanTheLimit() {
        List<Asked> parties = List.of(new Asked(), new Asked(), new Asked());
        List<LeasedShare> shares = parties.stream()
                .map(party -> new LeasedShare("limit", party, 3, 0))
                .toList();
        double[] told = new double[3];
        for (int tick = 1; tick < 600; tick++) {
            int who = tick % 3;
            long now = tick * SECOND / 3;
            // Up and down again, steeply.
            int each = 1 + (tick % 90 < 45 ? tick % 90 : 90 - tick % 90) * 40;
            parties.forEach(party -> party.asked += each);
            String news = shares.get(who).news(now);
            if (news != null) {
                told[who] = Double.parseDouble(news);
                shares.get(who).told(news);
            }
            shares.get(who).heard("i" + who, List.of(record(0, told[0]), record(1, told[1]), record(2, told[2])), now);
            if (tick > 20) {
                assertThat(parties.stream().mapToDouble(party -> party.share).sum())
                        .as("at %s", tick)
                        .isBetween(0.75, 1 + 1e-9);
            }
        }
    }

    @Test
    void goesByDemandAndLeavesNobodyWithout() {
        Asked party = new Asked();
        LeasedShare share = new LeasedShare("limit", party, 1, 0);
        List<RateRecord> all = List.of(record(0, 30), record(1, 10), record(2, 0), record(3, 0));
        for (int second = 1; second < 10; second++) {
            share.heard("i0", all, second * SECOND);
        }
        assertThat(party.share).isCloseTo(0.05 + 0.8 * 0.75, within(1e-9));
        for (int second = 10; second < 20; second++) {
            share.heard("i3", all, second * SECOND);
        }
        assertThat(party.share).isCloseTo(0.05, within(1e-9));
    }

    @Test
    void withoutConsulItIsAnEqualPartOfAsManyAsThereWere() {
        Asked party = new Asked();
        LeasedShare share = new LeasedShare("limit", party, 1, 0);
        share.heard("i0", List.of(record(0, 97), record(1, 1), record(2, 1), record(3, 1)), SECOND);
        share.missed(SECOND, 2 * SECOND);
        assertThat(party.share).as("at first it stays").isCloseTo(0.05, within(1e-9));
        share.missed(21 * SECOND, 22 * SECOND);
        assertThat(party.share).as("others may have more yet").isCloseTo(0.05, within(1e-9));
        share.missed(22 * SECOND, 23 * SECOND);
        assertThat(party.share).isEqualTo(0.25);
        // However long ago it was that it last asked in vain.
        share.heard("i0", List.of(record(0, 97)), 40 * SECOND);
        share.heard("i0", List.of(record(0, 97)), 51 * SECOND);
        assertThat(party.share).as("the others may be on their way back").isEqualTo(0.25);
        share.heard("i0", List.of(record(0, 97)), 52 * SECOND);
        assertThat(party.share).isEqualTo(1);
    }

    @Test
    void demandIsToldWhenItHasChanged() {
        Asked party = new Asked();
        LeasedShare share = new LeasedShare("limit", party, 1, 0);
        String first = share.news(0);
        assertThat(first).isEqualTo("0.00");
        share.told(Objects.requireNonNull(first));
        assertThat(share.news(SECOND)).isNull();
        party.asked = 100;
        assertThat(share.news(2 * SECOND)).isEqualTo("50.00");
        assertThat(share.news(2 * SECOND + 1)).as("not told yet").isEqualTo("50.00");
        share.told("50.00");
        assertThat(share.news(2 * SECOND + 2)).isNull();
    }

    @Test
    void aLimitThatPolicyChangesKeepsItsShare() {
        Asked before = new Asked();
        LeasedShare share = new LeasedShare("limit", before, 1, 0);
        share.heard("i0", List.of(record(0, 1), record(1, 1)), SECOND);
        share.heard("i0", List.of(record(0, 1), record(1, 1)), 5 * SECOND);
        before.asked = 1_000;
        share.news(5 * SECOND);
        Asked after = new Asked();
        share.passTo(after);
        assertThat(after.share).isEqualTo(before.share).isEqualTo(0.5);
        share.heard("i0", List.of(record(0, 1), record(1, 3)), 6 * SECOND);
        assertThat(after.share).isCloseTo(0.3, within(1e-9));
        assertThat(before.share).as("nobody asks it any more").isEqualTo(0.5);
        after.asked = 4;
        assertThat(Double.parseDouble(Objects.requireNonNull(share.news(6 * SECOND))))
                .isPositive();
    }

    @Test
    void garbageIsSomebodyOfWhomNothingIsKnown() {
        assertThat(new RateRecord("k", "%%%", "session").demand()).isZero();
        assertThat(new RateRecord("k", Base64.getEncoder().encodeToString("NaN".getBytes(StandardCharsets.UTF_8)), "s")
                        .demand())
                .isZero();
        assertThat(new RateRecord("k", null, null).live()).isFalse();
    }
}
