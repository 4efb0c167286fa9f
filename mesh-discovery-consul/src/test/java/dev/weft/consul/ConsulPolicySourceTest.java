package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.policy.PolicySource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real Consul. */
class ConsulPolicySourceTest {
    private final ConsulAgent agent = SharedAgent.get();
    private final Consul consul = Consul.connect(agent.url());
    private final SeenPolicy seen = new SeenPolicy();

    @AfterEach
    void close() {
        consul.close();
    }

    @Test
    void aTextIsToldWithItsModifyIndexAndThenEachEdit() {
        agent.api().put("/v1/kv/weft/edited", "version: 1");
        PolicySource source = consul.policy("weft/edited");
        assertThat(source.name()).isEqualTo("consul kv weft/edited");

        source.start(seen);
        seen.awaitLast("text version: 1");
        for (int i = 2; i < 12; i++) {
            agent.api().put("/v1/kv/weft/edited", "version: " + i);
            seen.awaitLast("text version: " + i);
        }

        String stored = agent.api().get("/v1/kv/weft/edited");
        assertThat(stored).contains("\"ModifyIndex\": " + seen.texts.get(10).index());
        assertThat(seen.told).hasSize(11);
    }

    @Test
    void aKeyThatIsMissingIsAbsentUntilItIsWrittenAndAgainWhenItIsDeleted() {
        consul.policy("weft/late").start(seen);
        seen.awaitLast("absent");

        agent.api().put("/v1/kv/weft/late", "a: b");
        seen.awaitLast("text a: b");

        agent.api().delete("/v1/kv/weft/late");
        seen.awaitLast("absent");
        assertThat(seen.told).containsExactly("absent", "text a: b", "absent");
    }

    @Test
    void anEmptyValueIsAnEmptyText() {
        agent.api().put("/v1/kv/weft/empty", "");

        consul.policy("weft/empty").start(seen);

        seen.awaitLast("text ");
        assertThat(seen.texts.get(0).bytes()).isEmpty();
    }

    @Test
    void theLargestValueThatConsulTakesIsRead() {
        agent.api().put("/v1/kv/weft/large", "x".repeat(524_288));

        consul.policy("weft/large").start(seen);

        seen.awaitLast("text x");
        assertThat(seen.texts.get(0).bytes()).hasSize(524_288);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/weft", "weft/", "weft//policy", "../secret", "weft/../x", "."})
    void aKeyThatWouldReachAnotherPlaceIsRefused(String key) {
        org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
                .isThrownBy(() -> consul.policy(key))
                .withMessageContaining("'" + key + "'");
    }
}
