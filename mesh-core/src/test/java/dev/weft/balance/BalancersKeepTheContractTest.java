package dev.weft.balance;

import dev.weft.testkit.BalancerContract;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Nested;

/** Each of our balancers against what every balancer promises. */
class BalancersKeepTheContractTest {
    abstract static class Ours extends BalancerContract {
        private final BalancerKind kind;
        private final Tuning tuning;

        Ours(BalancerKind kind) {
            this(kind, new Tuning(Duration.ofSeconds(10).toNanos(), new SlowStart(0), new Random(7)));
        }

        Ours(BalancerKind kind, Tuning tuning) {
            this.kind = kind;
            this.tuning = tuning;
        }

        @Override
        protected Balancer balancer() {
            return kind.balancer(tuning);
        }
    }

    @Nested
    class RoundRobinTest extends Ours {
        RoundRobinTest() {
            super(BalancerKind.ROUND_ROBIN);
        }
    }

    @Nested
    class WeightedRoundRobinTest extends Ours {
        WeightedRoundRobinTest() {
            super(BalancerKind.WEIGHTED_ROUND_ROBIN);
        }
    }

    @Nested
    class P2cTest extends Ours {
        P2cTest() {
            super(BalancerKind.P2C);
        }
    }

    @Nested
    class PeakEwmaTest extends Ours {
        PeakEwmaTest() {
            super(BalancerKind.PEAK_EWMA);
        }
    }

    @Nested
    class PrequalTest extends Ours {
        PrequalTest() {
            super(BalancerKind.PREQUAL);
        }
    }

    @Nested
    class RandomTest extends Ours {
        RandomTest() {
            super(BalancerKind.RANDOM);
        }
    }

    @Nested
    class RingHashTest extends Ours {
        RingHashTest() {
            super(BalancerKind.RING_HASH);
        }
    }

    @Nested
    class MaglevTest extends Ours {
        MaglevTest() {
            super(BalancerKind.MAGLEV);
        }
    }

    @Nested
    class BoundedMaglevTest extends Ours {
        BoundedMaglevTest() {
            super(
                    BalancerKind.MAGLEV,
                    new Tuning(
                            Duration.ofSeconds(10).toNanos(), new SlowStart(0), new Random(7), 1.25, new LongAdder()));
        }
    }
}
