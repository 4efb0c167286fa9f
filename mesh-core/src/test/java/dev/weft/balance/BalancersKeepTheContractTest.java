package dev.weft.balance;

import dev.weft.testkit.BalancerContract;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Each of our balancers against what every balancer promises. */
class BalancersKeepTheContractTest {
    private static final long DECAY_NANOS = Duration.ofSeconds(10).toNanos();

    @Nested
    @ParameterizedClass
    @EnumSource
    class OfEachKind extends BalancerContract {
        @Parameter
        BalancerKind kind = BalancerKind.RANDOM;

        @Override
        protected Balancer balancer() {
            return kind.balancer(new Tuning(DECAY_NANOS, new SlowStart(0), new Random(7)));
        }
    }

    @Nested
    class BoundedMaglevTest extends BalancerContract {
        @Override
        protected Balancer balancer() {
            return BalancerKind.MAGLEV.balancer(
                    new Tuning(DECAY_NANOS, new SlowStart(0), new Random(7), 1.25, new LongAdder()));
        }
    }
}
