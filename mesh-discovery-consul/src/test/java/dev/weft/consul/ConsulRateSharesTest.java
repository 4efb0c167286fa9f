package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.MeshClient;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Fate;
import dev.weft.call.Pace;
import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.rate.RateShares;
import dev.weft.testkit.StillWire;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several processes' parts in one limit, through a real Consul that is killed and comes back. */
class ConsulRateSharesTest {
    private static final Duration LONG = Duration.ofSeconds(90);
    private final List<Consul> processes = new ArrayList<>();

    @AfterEach
    void close() {
        processes.forEach(Consul::close);
    }

    /** Is asked so often in a second, by a steady stream. */
    private static final class Asked implements RateShares.Party {
        private final double perSecond;
        private final long begun = dev.weft.time.Time.system().nanos();
        volatile double share;

        Asked(double perSecond) {
            this.perSecond = perSecond;
        }

        @Override
        public long asked() {
            return (long) ((dev.weft.time.Time.system().nanos() - begun) / 1e9 * perSecond);
        }

        @Override
        public void share(double share) {
            this.share = share;
        }
    }

    private Asked process(ConsulAgent agent, String limit, String instance, double perSecond) {
        Consul consul = Consul.connect(agent.url());
        processes.add(consul);
        Asked party = new Asked(perSecond);
        consul.rateShares(instance, 3).lease(limit, party);
        return party;
    }

    private static double sum(List<Asked> parties) {
        return parties.stream().mapToDouble(party -> party.share).sum();
    }

    private static String shares(List<Asked> parties) {
        return parties.stream()
                .map(party -> String.format("%.3f", party.share))
                .toList()
                .toString();
    }

    private static void awaitShare(Asked party, double low, double high) {
        await().atMost(LONG).untilAsserted(() -> assertThat(party.share).isBetween(low, high));
    }

    @Test
    void sharesGoByDemandAndComeBackFromTheDead() {
        ConsulAgent agent = SharedAgent.get();
        String limit = "client/by-demand";
        // A process that has died: it told of its demand, and renews its session no more.
        String session = agent.api()
                .put("/v1/session/create", "{\"TTL\":\"10s\",\"Behavior\":\"delete\",\"LockDelay\":\"0s\"}")
                .replaceAll("(?s).*\"ID\":\\s*\"([^\"]+)\".*", "$1");
        agent.api().put("/v1/kv/weft/rates/" + limit + "/dead?acquire=" + session, "100");
        List<Asked> parties = List.of(process(agent, limit, "a", 75), process(agent, limit, "b", 25));
        awaitShare(parties.get(0), 0.3, 0.4);
        awaitShare(parties.get(1), 0.13, 0.2);
        assertThat(sum(parties)).as("the rest is the dead one's").isLessThan(0.6);
        awaitShare(parties.get(0), 0.65, 0.75);
        awaitShare(parties.get(1), 0.25, 0.35);
        assertThat(sum(parties)).isLessThan(1.001);
        // One goes in good order.
        processes.get(1).close();
        awaitShare(parties.get(0), 1, 1);
    }

    @Test
    void aLimitThatSomebodyElseHoldsIsNoTroubleOfTheOthers() {
        ConsulAgent agent = SharedAgent.get();
        String session = agent.api()
                .put("/v1/session/create", "{\"Behavior\":\"delete\",\"LockDelay\":\"0s\"}")
                .replaceAll("(?s).*\"ID\":\\s*\"([^\"]+)\".*", "$1");
        agent.api().put("/v1/kv/weft/rates/client/held/alone?acquire=" + session, "100");
        Consul consul = Consul.connect(agent.url());
        processes.add(consul);
        RateShares shares = consul.rateShares("alone", 3);
        Asked held = new Asked(10);
        shares.lease("client/held", held);
        List<Asked> others = new ArrayList<>();
        // Some come before it and some after.
        for (int i = 0; i < 10; i++) {
            others.add(new Asked(10));
            shares.lease("client/free-" + i, others.get(i));
        }

        for (Asked other : others) {
            awaitShare(other, 1, 1);
        }
        assertThat(held.share).isEqualTo(1 / 3.0);
        agent.api().put("/v1/session/destroy/" + session, "");
        awaitShare(held, 1, 1);
    }

    @Test
    void whatIsGivenBackWhileConsulIsAwayIsGivenBackOnceItIsThere() {
        try (ConsulAgent agent = ConsulAgent.builder().durable().start()) {
            Consul consul = Consul.connect(agent.url());
            processes.add(consul);
            RateShares shares = consul.rateShares("a", 3);
            Asked kept = new Asked(10);
            Asked left = new Asked(10);
            shares.lease("client/kept", kept);
            RateShares.Lease lease = shares.lease("client/left", left);
            awaitShare(kept, 1, 1);
            awaitShare(left, 1, 1);
            agent.kill();
            lease.close();
            agent.restart();
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(agent.api().get("/v1/kv/weft/rates/client?keys"))
                            .contains("client/kept/a")
                            .doesNotContain("client/left/a"));
        }
    }

    @Test
    void aConsulThatDiesLeavesEachAnEqualPart() {
        String limit = "client/outage";
        try (ConsulAgent agent = ConsulAgent.start()) {
            List<Asked> parties = List.of(
                    process(agent, limit, "a", 80), process(agent, limit, "b", 10), process(agent, limit, "c", 10));
            awaitShare(parties.get(0), 0.65, 0.75);
            agent.kill();
            for (Asked party : parties) {
                awaitShare(party, 1 / 3.0, 1 / 3.0);
            }
            AtomicReference<String> most = new AtomicReference<>("");
            agent.restart();
            await().atMost(LONG).untilAsserted(() -> {
                if (sum(parties) > 1.001) {
                    most.accumulateAndGet(shares(parties), (seen, now) -> seen + " " + now);
                }
                assertThat(parties.get(0).share).isBetween(0.65, 0.75);
            });
            assertThat(most.get())
                    .as("looks at which they had more than the limit")
                    .isEmpty();
        }
    }

    /** Two meshes that ask as fast as they can for twelve seconds. */
    @Test
    void meshesTogetherKeepTheLimit() {
        ConsulAgent agent = SharedAgent.get();
        List<Mesh> meshes = new ArrayList<>();
        List<Runnable> calls = new ArrayList<>();
        AtomicLong gone = new AtomicLong();
        for (String instance : List.of("a", "b")) {
            Consul consul = Consul.connect(agent.url());
            processes.add(consul);
            Mesh mesh = Mesh.builder()
                    .resolver(StaticResolver.empty().with("limited", "10.0.0.1:80"))
                    .rateShares(consul.rateShares(instance, 2))
                    .set("rate.limit", "100/s")
                    .set("rate.burst", "10")
                    .set("rate.shared", "true")
                    .set("log.successes", "0")
                    .drain(Duration.ZERO)
                    .start();
            meshes.add(mesh);
            StillWire wire = new StillWire();
            MeshClient<String> client = mesh.client(wire);
            calls.add(() -> {
                Route<String> route = client.route("limited", "GET", "/", LayerValues.NONE);
                Call call = route.newCall("request", Pace.blocking(mesh.time()), Context.root());
                route.send(call);
                wire.answer();
                if (call.fate() != Fate.REJECTED_RATE) {
                    gone.incrementAndGet();
                }
            });
        }
        var time = meshes.get(0).time();
        try {
            long begin = time.nanos();
            long counted = 0;
            long countedSince = 0;
            while (time.nanos() - begin < 12_000_000_000L) {
                for (int i = 0; i < 50; i++) {
                    calls.forEach(Runnable::run);
                }
                if (countedSince == 0 && time.nanos() - begin > 6_000_000_000L) {
                    countedSince = time.nanos();
                    counted = gone.get();
                }
                time.park(() -> false, time.nanos() + 1_000_000);
            }
            double seconds = (time.nanos() - countedSince) / 1e9;
            assertThat(gone.get() - counted).isBetween((long) (80 * seconds), (long) (100 * seconds + 11));
        } finally {
            meshes.forEach(Mesh::close);
        }
    }
}
