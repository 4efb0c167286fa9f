package dev.weft.simulator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.balance.BalancerKind;
import dev.weft.policy.SettingTypes;
import dev.weft.simulator.measure.Results;
import dev.weft.simulator.measure.Tally;
import dev.weft.simulator.scenario.Measure;
import dev.weft.simulator.scenario.Scenario;
import dev.weft.simulator.scenario.ScenarioReader;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of the stack in whatever happens: worlds of chance, each from its seed. */
class WorldPropertiesTest {
    private static final int SECONDS = 20;
    private static final BalancerKind[] BALANCERS = BalancerKind.values();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everyRequestHasOneFateAndNothingIsLeftOver(long seed) {
        Scenario scenario = ScenarioReader.read("seed " + seed, text(new SplittableRandom(seed)));
        try (World world = new World(scenario)) {
            Tally tally = world.run();
            assertThat(tally.open()).as("requests that have not ended").isZero();
            Results results = new Results(scenario, tally);
            long fates =
                    results.fates().values().stream().mapToLong(Long::longValue).sum();
            assertThat(fates).isEqualTo(results.requests());
            assertThat(results.requests()).as("a load of that rate").isGreaterThan(SECONDS * 10L);
            assertThat(world.underWay()).as("attempts counted at nodes").isZero();
            assertRetriesKeepToTheBudget(scenario, results);
        }
    }

    /** A fifth of what succeeded, and three a second in each process, as the built-in policy has it. */
    private static void assertRetriesKeepToTheBudget(Scenario scenario, Results results) {
        double attempts = results.value(Measure.AMPLIFICATION) * results.requests();
        double succeeded = results.value(Measure.SUCCESS) * results.requests();
        double reserve = 3.0 * scenario.clients() * (SECONDS + 10);
        assertThat(attempts - results.requests()).isLessThanOrEqualTo(0.2 * succeeded + reserve);
    }

    private static String text(SplittableRandom random) {
        int servers = 1 + random.nextInt(12);
        StringBuilder text = new StringBuilder();
        text.append("duration: ").append(SECONDS).append("s\n");
        text.append("clients: ").append(1 + random.nextInt(4)).append('\n');
        text.append("deadline: ").append(50 + random.nextInt(1_000)).append("ms\n");
        text.append("load: {rate: ").append(20 + random.nextInt(500)).append(", critical: 20%}\n");
        text.append("fleet: {service: inventory, spread: exponential, time: ")
                .append(1 + random.nextInt(80))
                .append("ms, workers: ")
                .append(1 + random.nextInt(8))
                .append(", queue: ")
                .append(random.nextInt(100))
                .append(", notices: ")
                .append(random.nextInt(2) == 0)
                .append(", servers: ")
                .append(servers)
                .append("}\nfaults:\n");
        String[] kinds = {
            "slow, time: 2s",
            "fail, status: 503",
            "fail, status: 500",
            "fail, status: 429, retryAfter: 300ms",
            "fail, share: 40%, time: 200ms",
            "reset, share: 30%",
            "forget",
            "slow, time: 50ms, growth: 50%",
            "hang",
            "vanish",
            "die",
            "die, news: 500ms",
            "drain"
        };
        for (int at = 2; at < SECONDS; at += 4) {
            text.append("  - {kind: ")
                    .append(kinds[random.nextInt(kinds.length)])
                    .append(", at: ")
                    .append(at)
                    .append("s, for: ")
                    .append(100 + random.nextInt(3_500))
                    .append("ms, servers: ")
                    .append(1 + random.nextInt(servers))
                    .append("}\n");
        }
        text.append("policy: '{weft: 1, defaults: {balancer: {kind: ")
                .append(SettingTypes.word(BALANCERS[random.nextInt(BALANCERS.length)]))
                .append(random.nextInt(2) == 0 ? ", subset: {size: 3}}" : "}")
                .append(random.nextInt(2) == 0 ? ", breaker: {mode: enforce}" : "")
                .append(random.nextInt(2) == 0 ? ", hedge: {maxExtraLoad: 2%}" : "")
                .append("}}'\n");
        return text.toString();
    }
}
