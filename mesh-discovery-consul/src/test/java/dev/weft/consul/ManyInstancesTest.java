package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.endpoint.Endpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One service of five thousand instances in a real Consul. */
class ManyInstancesTest {
    private static final int COUNT = 5000;
    /** What Consul takes in one transaction. */
    private static final int AT_ONCE = 60;

    @Test
    void fiveThousandInstancesAndAChangeOfOneAreRead() {
        try (ConsulAgent agent = ConsulAgent.start();
                Consul consul = Consul.connect(agent.url())) {
            fill(agent);
            SeenEndpoints seen = new SeenEndpoints();
            consul.resolver().watch("crowd", seen);
            Set<Endpoint> before = new HashSet<>(seen.awaitSize(COUNT));

            agent.api().put("/v1/txn", Registered.json(List.of(instance(COUNT))));
            List<Endpoint> after = seen.awaitSize(COUNT + 1);

            after = new ArrayList<>(after);
            after.removeAll(before);
            assertThat(after).singleElement().extracting(Endpoint::port).isEqualTo(10_000 + COUNT);
            assertThat(seen.failures).isEmpty();
        }
    }

    private static void fill(ConsulAgent agent) {
        agent.api().put("/v1/catalog/register", Registered.json(Map.of("Node", "many", "Address", "127.0.0.1")));
        List<Object> batch = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            batch.add(instance(i));
            if (batch.size() == AT_ONCE || i == COUNT - 1) {
                agent.api().put("/v1/txn", Registered.json(batch));
                batch.clear();
            }
        }
    }

    private static Object instance(int i) {
        Map<String, Object> service = Map.of(
                "ID",
                "crowd-" + i,
                "Service",
                "crowd",
                "Port",
                10_000 + i,
                "Tags",
                List.of("blue"),
                "Meta",
                Map.of("zone", "z" + i % 3, "version", "1"));
        return Map.of("Service", Map.of("Verb", "set", "Node", "many", "Service", service));
    }
}
