package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a real Consul, seen by our own resolver. */
class ConsulRegistrationTest {
    private final ConsulAgent agent = SharedAgent.get();
    private final Consul consul = Consul.connect(agent.url());
    private final SeenEndpoints seen = new SeenEndpoints();

    @AfterEach
    void close() {
        consul.close();
    }

    @Test
    void aProcessStandsInTheListUntilItIsClosed() {
        consul.connectResolver().watch("registered", seen);
        ConsulRegistration registration = consul.register(Registration.of("registered", 8080)
                .id("registered-1")
                .address("127.0.0.9")
                .tag("blue")
                .meta("zone", "z1")
                .meta("version", "7")
                .weights(20, 5)
                .connectNative());

        Endpoint endpoint = seen.awaitHealth(Health.HEALTHY);
        assertThat(endpoint.address()).isEqualTo("127.0.0.9:8080");
        assertThat(endpoint.weight()).isEqualTo(20);
        assertThat(endpoint.zone()).isEqualTo("z1");
        assertThat(endpoint.version()).isEqualTo("7");
        assertThat(endpoint.metadata()).containsEntry("consul.tags", "blue").containsEntry("consul.id", "registered-1");

        registration.close();
        seen.awaitSize(0);
        assertThat(registration.registered()).isFalse();
    }

    @Test
    void aProcessTellsHowItIs() {
        consul.resolver().watch("telling", seen);
        ConsulRegistration registration =
                consul.register(Registration.of("telling", 8080).weights(9, 3));
        seen.awaitHealth(Health.HEALTHY);

        registration.health(Health.DEGRADED);
        assertThat(seen.awaitHealth(Health.DEGRADED).weight()).isEqualTo(3);
        registration.health(Health.UNHEALTHY);
        seen.awaitHealth(Health.UNHEALTHY);
        registration.health(Health.DRAINING);
        seen.awaitHealth(Health.DRAINING);
        registration.health(Health.HEALTHY);
        seen.awaitList(list -> list.get(0).health() == Health.HEALTHY);
    }

    @Test
    void aProcessWhoseHealthUrlFailsIsUnhealthy() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        try {
            int port = server.getAddress().getPort();
            consul.resolver().watch("asked", seen);
            server.createContext("/health", exchange -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            consul.register(Registration.of("asked", port)
                    .healthUrl("http://127.0.0.1:" + port + "/health", Duration.ofSeconds(1)));
            seen.awaitHealth(Health.HEALTHY);

            server.removeContext("/health");
            seen.awaitHealth(Health.UNHEALTHY);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aProcessThatItsAgentHasForgottenIsRegisteredAgain() {
        try (ConsulAgent own = ConsulAgent.start();
                Consul ownConsul = Consul.connect(own.url())) {
            own.kill();
            ConsulRegistration registration =
                    ownConsul.register(Registration.of("forgotten", 8080).ttl(Duration.ofSeconds(3)));
            own.restart();
            ownConsul.resolver().watch("forgotten", seen);
            seen.awaitHealth(Health.HEALTHY);

            own.kill();
            own.restart();
            SeenEndpoints later = new SeenEndpoints();
            try (Consul other = Consul.connect(own.url())) {
                other.resolver().watch("forgotten", later);
                later.awaitHealth(Health.HEALTHY);
            }
            assertThat(registration.registered()).isTrue();
        }
    }

    @Test
    void whatCannotBeAnInstanceIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Registration.of("web", 0))
                .withMessageContaining("port 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Registration.of("web", 1).ttl(Duration.ofMillis(10)));
    }
}
