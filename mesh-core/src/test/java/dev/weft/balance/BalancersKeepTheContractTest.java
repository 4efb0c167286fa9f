package dev.weft.balance;

import dev.weft.testkit.BalancerContract;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Nested;

/** Each of our balancers against what every balancer promises. */
class BalancersKeepTheContractTest {
    private static Balancer ours(BalancerKind kind) {
        return kind.balancer(new Tuning(Duration.ofSeconds(10).toNanos(), new SlowStart(0), new Random(7)));
    }

    @Nested
    class RoundRobinTest extends BalancerContract {
        @Override
        protected Balancer balancer() {
            return ours(BalancerKind.ROUND_ROBIN);
        }
    }

    @Nested
    class P2cTest extends BalancerContract {
        @Override
        protected Balancer balancer() {
            return ours(BalancerKind.P2C);
        }
    }

    @Nested
    class PeakEwmaTest extends BalancerContract {
        @Override
        protected Balancer balancer() {
            return ours(BalancerKind.PEAK_EWMA);
        }
    }
}
