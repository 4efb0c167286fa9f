package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.consul.testkit.ConsulAgent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real cluster of three servers that loses its quorum and gets it back. */
class ConsulLeaderTest {
    private final List<ConsulAgent> servers = ConsulAgent.builder().startServers(3);

    @AfterEach
    void stop() {
        servers.forEach(ConsulAgent::close);
    }

    @Test
    void withoutALeaderEverythingStaysAndFlowsAgainWithTheNextOne() {
        ConsulAgent asked = servers.get(0);
        Registered.service(asked, "web", "web-1", 81);
        asked.api().put("/v1/kv/weft/policy", "a: b");
        try (Consul consul = Consul.builder()
                .address(asked.url())
                .maxWait(Duration.ofSeconds(1))
                .build()) {
            SeenEndpoints seen = new SeenEndpoints();
            SeenPolicy policy = new SeenPolicy();
            consul.resolver().watch("web", seen);
            consul.policy("weft/policy").start(policy);
            seen.awaitSize(1);
            policy.awaitLast("text a: b");

            servers.get(1).kill();
            servers.get(2).kill();
            seen.awaitFailure("the server has no contact to a leader; the last list stays in use");
            policy.awaitLast("failed ");
            SeenEndpoints late = new SeenEndpoints();
            consul.resolver().watch("web", late);
            late.awaitFailure("the server has no contact to a leader");
            assertThat(late.awaitSize(1)).isEqualTo(seen.awaitSize(1));

            servers.get(1).restart();
            servers.get(2).restart();
            await().atMost(SeenEndpoints.LONG)
                    .ignoreExceptions()
                    .untilAsserted(() -> asked.api().put("/v1/kv/weft/policy", "a: c"));
            Registered.service(asked, "web", "web-2", 82);
            policy.awaitLast("text a: c");
            seen.awaitSize(2);
            late.awaitSize(2);
            assertThat(seen.lists).noneMatch(List::isEmpty);
            assertThat(policy.told).doesNotContain("absent");
        }
    }
}
