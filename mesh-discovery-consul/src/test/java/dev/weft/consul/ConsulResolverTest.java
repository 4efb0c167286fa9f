package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import dev.weft.endpoint.Resolver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a real Consul. */
class ConsulResolverTest {
    private final ConsulAgent agent = SharedAgent.get();
    private final Consul consul = Consul.connect(agent.url());
    private final SeenEndpoints seen = new SeenEndpoints();

    @AfterEach
    void close() {
        consul.close();
        agent.api()
                .get("/v1/agent/services")
                .lines()
                .filter(line -> line.contains("\"ID\": \""))
                .forEach(line -> {
                    Registered.gone(agent, line.replaceAll(".*\"ID\": \"([^\"]*)\".*", "$1"));
                });
    }

    @Test
    void anInstanceComesWithAllThatConsulKnowsOfIt() {
        Registered.service(
                agent,
                "full",
                "full-1",
                8080,
                Map.of(
                        "Address", "127.0.0.7",
                        "Tags", List.of("blue", "canary"),
                        "Meta", Map.of("zone", "z1", "version", "1.2.3", "team", "shop"),
                        "Weights", Map.of("Passing", 10, "Warning", 3)));

        consul.resolver().watch("full", seen);

        assertThat(seen.awaitSize(1).get(0))
                .isEqualTo(new Endpoint(
                        "127.0.0.7",
                        8080,
                        10,
                        "z1",
                        "1.2.3",
                        Map.of(
                                "zone", "z1",
                                "version", "1.2.3",
                                "team", "shop",
                                "consul.node", "n1",
                                "consul.id", "full-1",
                                "consul.tags", "blue,canary"),
                        Health.HEALTHY));
    }

    @Test
    void anAgentIsFoundByItsName() {
        Registered.service(agent, "byname", "byname-1", 81);
        try (Consul named = Consul.connect(agent.url().replace("127.0.0.1", "localhost"))) {
            named.resolver().watch("byname", seen);
            seen.awaitSize(1);
        }
    }

    @Test
    void anInstanceWithoutAnAddressHasThatOfItsNode() {
        Registered.service(agent, "plain", "plain-1", 81);

        consul.resolver().watch("plain", seen);

        Endpoint endpoint = seen.awaitSize(1).get(0);
        assertThat(endpoint.address()).isEqualTo("127.0.0.1:81");
        assertThat(endpoint.weight()).isEqualTo(1);
    }

    @Test
    void checksAndMaintenanceTellTheHealthAndTheWeight() {
        Registered.service(
                agent,
                "moody",
                "moody-1",
                81,
                Map.of(
                        "Weights", Map.of("Passing", 10, "Warning", 3),
                        "Check", Map.of("CheckID", "moody-check", "TTL", "600s", "Status", "passing")));
        consul.resolver().watch("moody", seen);
        assertThat(seen.awaitHealth(Health.HEALTHY).weight()).isEqualTo(10);

        agent.api().put("/v1/agent/check/warn/moody-check", "");
        assertThat(seen.awaitHealth(Health.DEGRADED).weight()).isEqualTo(3);

        agent.api().put("/v1/agent/check/fail/moody-check", "");
        assertThat(seen.awaitHealth(Health.UNHEALTHY).weight()).isEqualTo(10);

        agent.api().put("/v1/agent/service/maintenance/moody-1?enable=true", "");
        seen.awaitHealth(Health.DRAINING);

        agent.api().put("/v1/agent/service/maintenance/moody-1?enable=false", "");
        agent.api().put("/v1/agent/check/pass/moody-check", "");
        seen.awaitHealth(Health.HEALTHY);
    }

    @Test
    void aNodeInMaintenanceDrains() {
        try (ConsulAgent own = ConsulAgent.start();
                Consul ownConsul = Consul.connect(own.url())) {
            Registered.service(own, "web", "web-1", 81);
            ownConsul.resolver().watch("web", seen);
            seen.awaitHealth(Health.HEALTHY);

            own.api().put("/v1/agent/maintenance?enable=true", "");
            seen.awaitHealth(Health.DRAINING);

            own.api().put("/v1/agent/maintenance?enable=false", "");
            seen.awaitHealth(Health.HEALTHY);
        }
    }

    @Test
    void entriesThatAreNoEndpointsAreLeftOut() {
        Registered.service(agent, "mixed", "mixed-1", 81);
        Registered.service(agent, "mixed", "mixed-2", 0);
        Registered.service(agent, "mixed", "mixed-3", 83, Map.of("Address", "no host/at all"));

        consul.resolver().watch("mixed", seen);

        assertThat(seen.awaitSize(1).get(0).port()).isEqualTo(81);
    }

    @Test
    void aListInWhichNothingIsValidIsAFailureAndNotEmpty() {
        Registered.service(agent, "broken", "broken-1", 0);

        consul.resolver().watch("broken", seen);

        assertThat(seen.awaitFailure("not one entry is a valid endpoint")).contains("'broken-1' on node 'n1'");
        assertThat(seen.lists).isEmpty();
    }

    @Test
    void aServiceThatConsulDoesNotKnowIsSurelyEmpty() {
        consul.resolver().watch("nobody", seen);

        assertThat(seen.awaitSize(0)).isEmpty();
        Registered.service(agent, "nobody", "somebody", 81);
        seen.awaitSize(1);
    }

    @Test
    void theLastInstanceMayReallyGo() {
        Registered.service(agent, "leaving", "leaving-1", 81);
        consul.resolver().watch("leaving", seen);
        seen.awaitSize(1);

        Registered.gone(agent, "leaving-1");

        seen.awaitSize(0);
        assertThat(seen.failures).isEmpty();
    }

    @Test
    void mostInstancesMayReallyGoAtOnce() {
        for (int i = 1; i <= 5; i++) {
            agent.api()
                    .put(
                            "/v1/catalog/register",
                            Registered.json(Map.of(
                                    "Node",
                                    "shrinking-" + (i == 1 ? "stays" : "goes"),
                                    "Address",
                                    "127.0.0.1",
                                    "Service",
                                    Map.of("ID", "s" + i, "Service", "shrinking", "Port", 80 + i))));
        }
        consul.resolver().watch("shrinking", seen);
        seen.awaitSize(5);

        agent.api().put("/v1/catalog/deregister", Registered.json(Map.of("Node", "shrinking-goes")));

        assertThat(seen.awaitSize(1).get(0).port()).isEqualTo(81);
        assertThat(seen.failures).isEmpty();
    }

    @Test
    void aChangeElsewhereIsNoNews() {
        Registered.service(agent, "quiet", "quiet-1", 81);
        consul.resolver().watch("quiet", seen);
        seen.awaitSize(1);

        for (int i = 0; i < 20; i++) {
            Registered.service(agent, "noisy", "noisy-" + i, 1000 + i);
        }
        Registered.service(agent, "quiet", "quiet-2", 82);

        seen.awaitSize(2);
        assertThat(seen.lists).hasSize(2);
    }

    @Test
    void onlyInstancesThatSpeakConnectAreListedWhereThatIsAsked() {
        Registered.service(agent, "mixedtls", "plain", 81);
        Registered.service(agent, "mixedtls", "native", 82, Map.of("Connect", Map.of("Native", true)));

        consul.connectResolver().watch("mixedtls", seen);

        assertThat(seen.awaitSize(1).get(0).port()).isEqualTo(82);
    }

    @Test
    void nothingIsToldAfterTheWatchIsClosed() {
        Registered.service(agent, "closing", "closing-1", 81);
        Resolver.Watch watch = consul.resolver().watch("closing", seen);
        seen.awaitSize(1);

        watch.close();
        Registered.service(agent, "closing", "closing-2", 82);
        SeenEndpoints other = new SeenEndpoints();
        consul.resolver().watch("closing", other);
        other.awaitSize(2);

        assertThat(seen.lists).hasSize(1);
        assertThat(seen.failures).isEmpty();
    }

    @Test
    void aListenerMayCloseItsOwnWatch() {
        Registered.service(agent, "self", "self-1", 81);
        List<Resolver.Watch> watches = new ArrayList<>();
        seen.onList(() -> watches.forEach(Resolver.Watch::close));
        watches.add(consul.resolver().watch("self", seen));
        seen.awaitSize(1);
        assertThat(seen.failures).isEmpty();
    }
}
