package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.consul.Consul;
import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import dev.weft.endpoint.Resolvers;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The recipe for Consul's DNS, against a real agent. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ConsulDnsTest {
    private final ConsulAgent agent = ConsulAgent.builder().dns().start();
    private final Consul consul = Consul.builder().address(agent.url()).build();
    private Resolver resolver = recipe().build();

    private DnsBuilder recipe() {
        return DnsResolver.builder()
                .srv("{service}.service.consul.")
                .nameServers(agent.dnsAddress())
                .overTcp()
                .family(IpFamily.IPV4)
                .minTtl(Duration.ofMillis(50))
                .confirmLoss(Duration.ofMillis(300));
    }

    @BeforeEach
    void fiveInstances() {
        for (int i = 1; i <= 5; i++) {
            register(i, i);
        }
    }

    private void register(int i, int weight) {
        register("shop", i, weight);
    }

    private void register(String service, int i, int weight) {
        agent.api()
                .put(
                        "/v1/agent/service/register",
                        "{\"Name\":\"" + service + "\",\"ID\":\"" + service + i + "\",\"Address\":\"10.0.0." + i
                                + "\",\"Port\":80" + i + ",\"Weights\":{\"Passing\":" + weight + ",\"Warning\":1}}");
    }

    private void gone(int i) {
        agent.api().put("/v1/agent/service/deregister/shop" + i, "");
    }

    private static String[] addresses(int... ids) {
        return IntStream.of(ids).mapToObj(i -> "10.0.0." + i + ":80" + i).toArray(String[]::new);
    }

    private Seen watching(Resolver next) {
        resolver.close();
        resolver = next;
        return Seen.watching(resolver, "shop");
    }

    @AfterEach
    void end() {
        resolver.close();
        resolver = recipe().build();
    }

    @AfterAll
    void stop() {
        resolver.close();
        consul.close();
        agent.close();
    }

    @Test
    void allInstancesComeWithPortAndWeightAndChangesFollow() {
        Seen seen = watching(recipe().build());
        assertThat(seen.awaits(addresses(1, 2, 3, 4, 5)).stream().map(Endpoint::weight))
                .containsExactly(1, 2, 3, 4, 5);
        gone(2);
        seen.awaits(addresses(1, 3, 4, 5));
        register(2, 7);
        assertThat(seen.awaits(addresses(1, 2, 3, 4, 5)).get(1).weight()).isEqualTo(7);
    }

    @Test
    void overUdpConsulSilentlyKeepsBackWhatDoesNotFitSoTheRecipeAsksOverTcp() {
        for (int i = 1; i <= 60; i++) {
            register("crowd", i, 1);
        }
        resolver.close();
        resolver = DnsResolver.builder()
                .srv("{service}.service.consul.")
                .nameServers(agent.dnsAddress())
                .build();
        Seen udp = Seen.watching(resolver, "crowd");
        await().atMost(Seen.LONG).until(() -> !udp.lists.isEmpty());
        assertThat(udp.last()).hasSizeLessThan(60);
        resolver.close();
        resolver = recipe().build();
        Seen tcp = Seen.watching(resolver, "crowd");
        await().atMost(Seen.LONG).until(() -> tcp.last().size() == 60);
    }

    @Test
    void allInstancesLeavingIsBelievedAfterAWhileAndTheirReturnAtOnce() {
        Seen seen = watching(recipe().build());
        seen.awaits(addresses(1, 2, 3, 4, 5));
        for (int i = 1; i <= 5; i++) {
            gone(i);
        }
        await().atMost(Seen.LONG).until(() -> seen.last().isEmpty());
        seen.awaitsFailure("shop.service.consul. does not exist (NXDOMAIN)");
        register(3, 1);
        seen.awaits(addresses(3));
    }

    @Test
    void whileTheAgentIsAwayTheLastListStays() {
        Seen seen = watching(recipe().timeout(Duration.ofMillis(500)).build());
        seen.awaits(addresses(1, 2, 3, 4, 5));
        agent.pause();
        try {
            assertThat(seen.awaitsFailure("no answer in time")).contains("the last list (5 endpoints, ");
        } finally {
            agent.resume();
        }
        gone(5);
        seen.awaits(addresses(1, 2, 3, 4));
        assertThat(seen.lists).noneMatch(list -> list.size() < 4);
    }

    @Test
    void whereDnsKnowsNothingConsulItselfServesAsTheFallback() {
        DnsResolver nowhere = DnsResolver.builder()
                .srv("{service}.nowhere.consul.")
                .nameServers(agent.dnsAddress())
                .build();
        Seen seen = watching(Resolvers.fallback(nowhere, consul.resolver()));
        seen.awaits(addresses(1, 2, 3, 4, 5));
        assertThat(seen.last().get(0).metadata()).containsKey("consul.id");
    }

    @Test
    void whereDnsKnowsTheServiceConsulIsNotNeeded() {
        Seen seen = watching(Resolvers.fallback(recipe().build(), consul.resolver()));
        await().atMost(Seen.LONG)
                .until(() ->
                        seen.awaits(addresses(1, 2, 3, 4, 5)).get(0).metadata().containsKey("dns.name"));
    }

    @Test
    void inAUnionAnInstanceThatBothKnowCountsOnce() {
        register(6, 1);
        try {
            gone(5);
            Seen seen = watching(Resolvers.union(recipe().build(), consul.resolver()));
            seen.awaits(addresses(1, 2, 3, 4, 6));
        } finally {
            gone(6);
        }
    }
}
