package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Consul that is not there, dies, hangs, comes back, or comes back without its data. */
@Order(3)
class ConsulOutageTest {
    private final SeenEndpoints seen = new SeenEndpoints();
    private final SeenPolicy policy = new SeenPolicy();

    @TempDir
    Path folder;

    @Test
    void aConsulThatIsDownAtStartIsUsedOnceItIsUp() {
        try (ConsulAgent agent = ConsulAgent.start();
                Consul consul = Consul.connect(agent.url())) {
            agent.kill();
            consul.resolver().watch("web", seen);
            consul.policy("weft/policy").start(policy);
            seen.awaitFailure("GET /v1/health/service/web at 127.0.0.1:");
            policy.awaitLast("failed ");
            assertThat(seen.lists).isEmpty();

            agent.restart();
            Registered.service(agent, "web", "web-1", 81);
            agent.api().put("/v1/kv/weft/policy", "a: b");

            seen.awaitSize(1);
            policy.awaitLast("text a: b");
        }
    }

    @Test
    void aConsulThatDiesAndComesBackCostsNothing() {
        try (ConsulAgent agent = ConsulAgent.builder().durable().start();
                Consul consul = Consul.connect(agent.url())) {
            Registered.service(agent, "web", "web-1", 81);
            agent.api().put("/v1/kv/weft/policy", "a: b");
            consul.resolver().watch("web", seen);
            consul.policy("weft/policy").start(policy);
            List<Endpoint> before = seen.awaitSize(1);
            policy.awaitLast("text a: b");

            agent.kill();
            seen.awaitFailure("web");
            policy.awaitLast("failed ");
            agent.restart();

            Registered.service(agent, "web", "web-2", 82);
            agent.api().put("/v1/kv/weft/policy", "a: c");
            seen.awaitSize(2);
            policy.awaitLast("text a: c");
            assertThat(seen.lists).allSatisfy(list -> assertThat(list).containsAll(before));
            assertThat(policy.told).doesNotContain("absent");
        }
    }

    @Test
    void aConsulThatHasLostItsDataEmptiesNothing() {
        try (ConsulAgent agent = ConsulAgent.start();
                Consul consul = Consul.connect(agent.url())) {
            for (int i = 0; i < 50; i++) {
                agent.api().put("/v1/kv/other/" + i, "raises the index");
            }
            Registered.service(agent, "web", "web-1", 81);
            agent.api().put("/v1/kv/weft/policy", "a: b");
            consul.resolver().watch("web", seen);
            consul.policy("weft/policy").start(policy);
            seen.awaitSize(1);
            policy.awaitLast("text a: b");

            agent.kill();
            agent.restart();

            seen.awaitFailure("0 instances where 1 were known, not believed: Consul seems to have lost its data");
            policy.awaitLast("failed GET /v1/kv/weft/policy");
            assertThat(seen.lists).allSatisfy(list -> assertThat(list).hasSize(1));

            Registered.service(agent, "web", "web-2", 82);
            agent.api().put("/v1/kv/weft/policy", "a: c");
            seen.awaitList(list -> list.get(0).port() == 82);
            policy.awaitLast("text a: c");
            assertThat(policy.told).doesNotContain("absent");
        }
    }

    @Test
    void aConsulThatHangsIsNoticedAndFollowedAgainWhenItWakes() {
        try (ConsulAgent agent = ConsulAgent.start();
                Consul consul = Consul.builder()
                        .address(agent.url())
                        .maxWait(Duration.ofSeconds(1))
                        .build()) {
            Registered.service(agent, "web", "web-1", 81);
            consul.resolver().watch("web", seen);
            seen.awaitSize(1);

            agent.pause();
            seen.awaitFailure("no answer in time");
            agent.resume();
            Registered.service(agent, "web", "web-2", 82);

            seen.awaitSize(2);
        }
    }

    @Test
    void whatWasKnownIsKeptOnDiskForAStartWithoutConsul() {
        try (ConsulAgent agent = ConsulAgent.start()) {
            Registered.service(agent, "web", "web-1", 81);
            Registered.service(agent, "web", "web-2", 82);
            try (Consul consul = keeping(agent)) {
                consul.resolver().watch("web", seen);
                seen.awaitSize(2);
            }
            agent.kill();

            SeenEndpoints later = new SeenEndpoints();
            try (Consul consul = keeping(agent)) {
                consul.resolver().watch("web", later);
                assertThat(later.awaitSize(2)).isEqualTo(seen.awaitSize(2));
                later.awaitFailure("in use is the list that was kept on disk at ");

                agent.restart();
                later.awaitFailure("Consul seems to have lost its data");
                Registered.service(agent, "web", "web-3", 83);
                later.awaitList(list -> list.size() == 1 && list.get(0).port() == 83);
            }
        }
    }

    @Test
    void whatWasKnownIsUsedSoonWhenConsulHangsAtStart() {
        try (ConsulAgent agent = ConsulAgent.start()) {
            Registered.service(agent, "web", "web-1", 81);
            try (Consul consul = keeping(agent)) {
                consul.resolver().watch("web", seen);
                seen.awaitSize(1);
            }
            agent.pause();
            SeenEndpoints later = new SeenEndpoints();
            try (Consul consul = keeping(agent)) {
                consul.resolver().watch("web", later);
                later.awaitSize(1);
                later.awaitFailure("no answer in time");
            }
        }
    }

    @Test
    void aKeptListThatIsDamagedIsNotUsed() throws Exception {
        try (ConsulAgent agent = ConsulAgent.start()) {
            agent.kill();
            Files.writeString(
                    folder.resolve("service-web.json"),
                    "{\"savedAt\":\"2026-01-01T00:00:00Z\",\"index\":7,\"endpoints\":[{\"host\":\"a\"");
            try (Consul consul = keeping(agent)) {
                consul.resolver().watch("web", seen);
                seen.awaitFailure("web");
                assertThat(seen.lists).isEmpty();
            }
        }
    }

    @Test
    void anotherAddressIsUsedWhenOneFails() {
        try (ConsulAgent dead = ConsulAgent.start();
                ConsulAgent live = ConsulAgent.start()) {
            dead.kill();
            Registered.service(live, "web", "web-1", 81);
            try (Consul consul =
                    Consul.builder().address(dead.url()).address(live.url()).build()) {
                consul.resolver().watch("web", seen);
                assertThat(seen.awaitHealth(Health.HEALTHY).port()).isEqualTo(81);
            }
        }
    }

    private Consul keeping(ConsulAgent agent) {
        return Consul.builder().address(agent.url()).cacheFolder(folder).build();
    }
}
