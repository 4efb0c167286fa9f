package dev.weft.storefront;

import dev.weft.consul.testkit.ConsulAgent;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The storefront with all that it needs, on one machine: to look at, with a browser or with curl. */
public final class Neighbourhood {
    private Neighbourhood() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        Map<String, String> environment = new HashMap<>(Map.of("TLS_MODE", "permissive", "NOTICE_MILLIS", "0"));
        environment.putAll(System.getenv());
        try (ConsulAgent agent = ConsulAgent.start()) {
            environment.put("CONSUL_HTTP_ADDR", agent.url());
            agent.api().put("/v1/kv/" + Storefront.POLICY, Files.readString(Path.of("policy.yaml")));
            Neighbour inventory =
                    new Neighbour(agent.url(), "inventory", Neighbour.json(200, "{\"id\":\"lamp\",\"left\":7}"));
            Neighbour pricing =
                    new Neighbour(agent.url(), "pricing", Neighbour.json(200, "{\"id\":\"lamp\",\"cents\":1990}"));
            Storefront storefront = Storefront.start(Settings.of(environment), OpenTelemetry.noop());
            System.out.println("Consul      " + agent.url() + "/ui");
            System.out.println("try         curl -k https://localhost:" + storefront.port() + "/items/lamp");
            System.out.println("            curl http://localhost:" + storefront.adminPort() + "/mesh");
            System.out.println("Enter ends it");
            if (System.in.read() < 0) {
                // Run in the background: until it is killed.
                new CountDownLatch(1).await();
            }
            storefront.close();
            pricing.close();
            inventory.close();
        }
        System.exit(0);
    }
}
