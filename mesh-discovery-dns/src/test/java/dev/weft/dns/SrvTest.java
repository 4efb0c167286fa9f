package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

final class SrvTest {
    private final FakeNameServer server = FakeNameServer.start();
    private DnsResolver resolver = builder().family(IpFamily.IPV4).build();

    private DnsBuilder builder() {
        return DnsResolver.builder()
                .srv("_http._tcp.{service}.test.")
                .nameServers(server.address())
                .minTtl(Duration.ofMillis(20));
    }

    @AfterEach
    void stop() {
        resolver.close();
        server.close();
    }

    private static Map<String, Integer> weights(List<Endpoint> endpoints) {
        return endpoints.stream().collect(Collectors.toMap(Seen::where, Endpoint::weight));
    }

    @Test
    void portAndWeightAreTheRecordsOwn() {
        server.zone.knows(
                "_http._tcp.shop.test. 60 SRV 1 10 8080 a.test.",
                "_http._tcp.shop.test. 60 SRV 1 90 8081 b.test.",
                "_http._tcp.shop.test. 60 SRV 1 0 8082 b.test.",
                "a.test. 60 A 10.0.0.1",
                "b.test. 60 A 10.0.0.2");
        Seen seen = Seen.watching(resolver, "shop");
        List<Endpoint> list = seen.awaits("10.0.0.1:8080", "10.0.0.2:8081", "10.0.0.2:8082");
        assertThat(weights(list)).isEqualTo(Map.of("10.0.0.1:8080", 10, "10.0.0.2:8081", 90, "10.0.0.2:8082", 0));
        assertThat(list).allMatch(endpoint -> endpoint.health() == Health.HEALTHY);
        assertThat(list.get(0).metadata()).isEqualTo(Map.of("dns.name", "a.test", "dns.priority", "1"));
    }

    @Test
    void laterPrioritiesAreDegradedAndWeightsOfZeroAloneSayNothing() {
        server.zone.knows(
                "_http._tcp.shop.test. 60 SRV 5 0 80 a.test.",
                "_http._tcp.shop.test. 60 SRV 5 0 80 b.test.",
                "_http._tcp.shop.test. 60 SRV 7 3 80 c.test.",
                "a.test. 60 A 10.0.0.1",
                "b.test. 60 A 10.0.0.2",
                "c.test. 60 A 10.0.0.3");
        Seen seen = Seen.watching(resolver, "shop");
        List<Endpoint> list = seen.awaits("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
        assertThat(weights(list)).isEqualTo(Map.of("10.0.0.1:80", 1, "10.0.0.2:80", 1, "10.0.0.3:80", 3));
        assertThat(list.stream().map(Endpoint::health))
                .containsExactly(Health.HEALTHY, Health.HEALTHY, Health.DEGRADED);
    }

    @Test
    void addressesThatCameAlongAreNotAskedForAgain() {
        server.zone.knows("_http._tcp.shop.test. 60 SRV 1 1 80 a.test.");
        server.changes(answer -> {
            answer.addRecord(Zone.record("a.test. 60 A 10.0.0.1"), Section.ADDITIONAL);
            answer.addRecord(Zone.record("bank.test. 60 A 10.6.6.6"), Section.ADDITIONAL);
            return answer;
        });
        Seen.watching(resolver, "shop").awaits("10.0.0.1:80");
        assertThat(server.questions()).containsExactly("_http._tcp.shop.test. SRV");
    }

    @Test
    void aTargetWithAddressesOfBothFamiliesIsOneEndpointAndIpv6IsTriedFirst() {
        server.zone.knows(
                "_http._tcp.shop.test. 60 SRV 1 7 80 A.test.",
                "a.test. 60 A 10.0.0.2",
                "a.test. 60 A 10.0.0.1",
                "a.test. 60 AAAA 2001:db8::1");
        resolver.close();
        resolver = builder().build();
        Seen seen = Seen.watching(resolver, "shop");
        Endpoint one = seen.awaits("[2001:db8::1]:80+10.0.0.1:80+10.0.0.2:80").get(0);
        assertThat(one.address()).isEqualTo("a.test:80");
        assertThat(one.weight()).isEqualTo(7);
    }

    @Test
    void whenATargetsAddressesChangeItIsTheSameEndpoint() {
        server.zone.knows("_http._tcp.shop.test. 0 SRV 1 1 80 a.test.", "a.test. 0 A 10.0.0.1");
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaits("10.0.0.1:80");
        server.zone.knows("_http._tcp.shop.test. 0 SRV 1 1 80 A.TEST.", "a.test. 0 A 10.0.0.2");
        seen.awaits("10.0.0.2:80");
        assertThat(seen.lists)
                .allSatisfy(
                        list -> assertThat(list).extracting(Endpoint::address).containsExactly("a.test:80"));
    }

    private void comeAlong(String... records) {
        server.changes(answer -> {
            for (String record : records) {
                answer.addRecord(Zone.record(record), Section.ADDITIONAL);
            }
            return answer;
        });
    }

    @Test
    void aFamilyThatCameWithNoTargetIsNotAskedFor() {
        server.zone.knows("_http._tcp.shop.test. 60 SRV 1 1 80 a.test.", "_http._tcp.shop.test. 60 SRV 1 1 80 b.test.");
        comeAlong("a.test. 60 A 10.0.0.1", "b.test. 60 A 10.0.0.2");
        resolver.close();
        resolver = builder().build();
        Seen.watching(resolver, "shop").awaits("10.0.0.1:80", "10.0.0.2:80");
        assertThat(server.questions()).containsExactly("_http._tcp.shop.test. SRV");
    }

    @Test
    void aFamilyThatCameWithSomeTargetsIsAskedForWithTheOthers() {
        server.zone.knows(
                "_http._tcp.shop.test. 60 SRV 1 1 80 a.test.",
                "_http._tcp.shop.test. 60 SRV 1 1 80 b.test.",
                "b.test. 60 A 10.0.0.2",
                "b.test. 60 AAAA 2001:db8::2");
        comeAlong("a.test. 60 A 10.0.0.1", "a.test. 60 AAAA 2001:db8::1", "b.test. 60 A 10.0.0.2");
        resolver.close();
        resolver = builder().build();
        Seen.watching(resolver, "shop").awaits("[2001:db8::1]:80+10.0.0.1:80", "[2001:db8::2]:80+10.0.0.2:80");
    }

    @Test
    void addressesThatCameForTheTargetOfAnotherServiceAreNotUsedForThat() {
        server.zone.knows(
                "_http._tcp.shop.test. 60 SRV 1 1 80 a.test.",
                "_http._tcp.bank.test. 60 SRV 1 1 80 vault.bank.test.",
                "a.test. 60 A 10.0.0.1",
                "vault.bank.test. 60 A 10.0.0.2");
        server.changes(answer -> {
            if (answer.getQuestion().getName().toString().contains("shop")) {
                answer.addRecord(Zone.record("a.test. 60 A 10.0.0.1"), Section.ADDITIONAL);
                answer.addRecord(Zone.record("vault.bank.test. 3600 A 10.6.6.6"), Section.ADDITIONAL);
            }
            return answer;
        });
        Seen.watching(resolver, "shop").awaits("10.0.0.1:80");
        Seen.watching(resolver, "bank").awaits("10.0.0.2:80");
    }

    @Test
    void aTargetThatIsNoHostOrHasNoPortIsLeftOut() {
        server.zone.knows(
                "_http._tcp.shop.test. 60 SRV 1 1 80 a/b.test.",
                "_http._tcp.shop.test. 60 SRV 1 1 80 a\\032b.test.",
                "_http._tcp.shop.test. 60 SRV 1 1 0 a.test.",
                "_http._tcp.shop.test. 60 SRV 1 1 81 a.test.",
                "a/b.test. 60 A 10.6.6.6",
                "a\\032b.test. 60 A 10.6.6.6",
                "a.test. 60 A 10.0.0.1");
        Seen.watching(resolver, "shop").awaits("10.0.0.1:81");
    }

    @Test
    void aTargetOfADotMeansThatThereIsNoEndpoint() {
        server.zone.knows("_http._tcp.shop.test. 60 SRV 0 0 0 .");
        Seen.watching(resolver, "shop").awaitsFailure("_http._tcp.shop.test. has SRV records without a host and port");
        assertThat(server.questions()).containsOnly("_http._tcp.shop.test. SRV");
    }

    @Test
    void aTargetThatDoesNotExistIsLeftOut() {
        server.zone.knows(
                "_http._tcp.shop.test. 60 SRV 1 1 80 a.test.",
                "_http._tcp.shop.test. 60 SRV 1 1 80 gone.test.",
                "a.test. 60 A 10.0.0.1");
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaits("10.0.0.1:80");
        assertThat(seen.failures).isEmpty();
    }

    private void failsFor(String target) {
        server.changes(answer -> {
            if (answer.getQuestion().getName().toString().equals(target)) {
                answer.removeAllRecords(Section.ANSWER);
                answer.getHeader().setRcode(Rcode.SERVFAIL);
            }
            return answer;
        });
    }

    @Test
    void whileATargetCannotBeLookedUpTheLastListStaysOrTheRestIsUsedWhereThereIsNone() {
        server.zone.knows(
                "_http._tcp.shop.test. 0 SRV 1 1 80 a.test.",
                "_http._tcp.shop.test. 0 SRV 1 1 80 b.test.",
                "a.test. 0 A 10.0.0.1",
                "b.test. 0 A 10.0.0.2");
        Seen before = Seen.watching(resolver, "shop");
        before.awaits("10.0.0.1:80", "10.0.0.2:80");
        failsFor("b.test.");
        before.awaitsFailure("some could not be looked up: b.test.: ");
        Seen after = Seen.watching(resolver, "shop");
        after.awaits("10.0.0.1:80");
        after.awaitsFailure("SERVFAIL");
        server.isWell();
        after.awaits("10.0.0.1:80", "10.0.0.2:80");
        assertThat(before.lists).allSatisfy(list -> assertThat(list).hasSize(2));
    }

    /** A dead name beside a living one is no reason to be blind to what else changes. */
    @Test
    void aTargetThatCannotBeLookedUpKeepsItsAddressesAndTheRestGoesOn() {
        server.zone.knows(
                "_http._tcp.shop.test. 0 SRV 1 1 80 a.test.",
                "_http._tcp.shop.test. 0 SRV 1 1 80 b.test.",
                "a.test. 0 A 10.0.0.1",
                "b.test. 0 A 10.0.0.2",
                "c.test. 0 A 10.0.0.3");
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaits("10.0.0.1:80", "10.0.0.2:80");
        failsFor("b.test.");
        seen.awaitsFailure("some could not be looked up: b.test.: ");
        server.zone.knows(
                "_http._tcp.shop.test. 0 SRV 1 1 80 a.test.",
                "_http._tcp.shop.test. 0 SRV 1 1 80 b.test.",
                "_http._tcp.shop.test. 0 SRV 1 1 80 c.test.",
                "a.test. 0 A 10.0.0.1",
                "c.test. 0 A 10.0.0.3");
        seen.awaits("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
        server.zone.knows(
                "_http._tcp.shop.test. 0 SRV 1 1 80 a.test.",
                "_http._tcp.shop.test. 0 SRV 1 1 80 c.test.",
                "a.test. 0 A 10.0.0.1",
                "c.test. 0 A 10.0.0.3");
        seen.awaits("10.0.0.1:80", "10.0.0.3:80");
    }

    @ParameterizedTest
    @ValueSource(ints = {Type.A, Type.AAAA})
    void whereOneFamilyCannotBeLookedUpTheOtherIsUsed(int failing) {
        resolver.close();
        resolver = builder().build();
        server.zone.knows(
                "_http._tcp.shop.test. 0 SRV 1 1 80 a.test.", "a.test. 0 A 10.0.0.1", "a.test. 0 AAAA 2001:db8::1");
        server.changes(answer -> {
            if (answer.getQuestion().getType() == failing) {
                answer.removeAllRecords(Section.ANSWER);
                answer.getHeader().setRcode(Rcode.SERVFAIL);
            }
            return answer;
        });
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaits(failing == Type.A ? "[2001:db8::1]:80" : "10.0.0.1:80");
        seen.awaitsFailure("a.test.: ");
        server.isWell();
        seen.awaits("[2001:db8::1]:80+10.0.0.1:80");
        server.changes(answer -> {
            if (answer.getQuestion().getType() == failing) {
                answer.getHeader().setRcode(Rcode.SERVFAIL);
            }
            return answer;
        });
        int lists = seen.lists.size();
        server.asked.clear();
        await().atMost(Seen.LONG).until(() -> server.asked.size() > 6);
        assertThat(seen.lists.subList(lists, seen.lists.size()))
                .allSatisfy(list -> assertThat(list.get(0).addresses()).hasSize(2));
    }

    @Test
    void whereNoTargetCanBeLookedUpItIsAFailure() {
        server.zone.knows("_http._tcp.shop.test. 0 SRV 1 1 80 a.test.");
        failsFor("a.test.");
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaitsFailure("none of the targets of _http._tcp.shop.test. could be looked up");
        assertThat(seen.lists).isEmpty();
    }

    @Test
    void aHundredTargetsAreLookedUp() {
        String[] lines = new String[200];
        String[] wanted = new String[100];
        for (int i = 0; i < 100; i++) {
            lines[i] = "_http._tcp.shop.test. 60 SRV 1 1 80 t" + i + ".test.";
            lines[100 + i] = "t" + i + ".test. 60 A 10.0.1." + i;
            wanted[i] = "10.0.1." + i + ":80";
        }
        server.zone.knows(lines);
        Seen.watching(resolver, "shop").awaits(wanted);
    }
}
