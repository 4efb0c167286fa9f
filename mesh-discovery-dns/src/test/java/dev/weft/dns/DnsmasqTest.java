package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real name server from the distribution's packages. */
final class DnsmasqTest {
    private final Path folder;
    private final Dnsmasq server;
    private DnsResolver resolver = DnsResolver.builder().srv("none.").build();

    DnsmasqTest(@TempDir Path folder) {
        this.folder = folder;
        this.server = new Dnsmasq(folder);
    }

    @AfterEach
    void stop() {
        resolver.close();
        server.close();
    }

    private DnsBuilder builder() {
        return DnsResolver.builder()
                .nameServers(server.address())
                .minTtl(Duration.ofMillis(50))
                .maxTtl(Duration.ofMillis(500))
                .timeout(Duration.ofMillis(500))
                .confirmLoss(Duration.ofSeconds(1));
    }

    private Seen watching(DnsBuilder builder) {
        resolver.close();
        resolver = builder.build();
        return Seen.watching(resolver, "shop");
    }

    @Test
    void addressesAndTheirChangesAreFollowed() {
        server.runs(
                "host-record=shop.test,10.0.0.1", "host-record=shop.test,10.0.0.2", "host-record=shop.test,10.0.0.3");
        Seen seen = watching(builder().addresses("{service}.test.", 80));
        seen.awaits("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
        server.runs("host-record=shop.test,10.0.0.3", "host-record=shop.test,10.0.0.4");
        seen.awaits("10.0.0.3:80", "10.0.0.4:80");
        assertThat(seen.lists).noneMatch(list -> list.size() < 2);
    }

    @Test
    void srvRecordsOfTwoPrioritiesAreFoundWithTheirTargets() {
        server.runs(
                "srv-host=_http._tcp.shop.test,a.test,8080,1,30",
                "srv-host=_http._tcp.shop.test,b.test,8081,1,70",
                "srv-host=_http._tcp.shop.test,c.test,8082,2,1",
                "host-record=a.test,10.0.0.1",
                "host-record=b.test,10.0.0.2,2001:db8::2",
                "host-record=c.test,2001:db8::3");
        Seen seen = watching(builder().srv("_http._tcp.{service}.test."));
        assertThat(seen.awaits("10.0.0.1:8080", "[2001:db8::2]:8081+10.0.0.2:8081", "[2001:db8::3]:8082").stream()
                        .map(Endpoint::weight))
                .containsExactly(30, 70, 1);
        assertThat(seen.last().get(2).health()).isEqualTo(Health.DEGRADED);
    }

    @Test
    void aliasesAndSearchDomainsLeadToTheAddresses() throws Exception {
        server.runs("cname=shop.test,real.test", "host-record=real.test,10.0.0.1");
        Path file = Files.writeString(folder.resolve("resolv.conf"), "search none.test test\n");
        watching(builder().addresses("{service}", 80).resolvConf(file)).awaits("10.0.0.1:80");
    }

    @Test
    void anAnswerThatIsTruncatedIsAskedForOverTcp() {
        String[] lines = IntStream.rangeClosed(1, 200)
                .mapToObj(i -> "host-record=shop.test,10.0.1." + i)
                .toArray(String[]::new);
        server.runs(lines);
        Seen seen = watching(builder().addresses("{service}.test.", 80));
        await().atMost(Seen.LONG).until(() -> seen.last().size() == 200);
    }

    @Test
    void whileItIsDownTheLastListStaysAndItsReturnIsNoticed() {
        server.runs("host-record=shop.test,10.0.0.1");
        Seen seen = watching(builder().addresses("{service}.test.", 80));
        seen.awaits("10.0.0.1:80");
        server.close();
        seen.awaitsFailure("the last list (1 endpoints, ");
        server.runs("host-record=shop.test,10.0.0.1", "host-record=shop.test,10.0.0.2");
        seen.awaits("10.0.0.1:80", "10.0.0.2:80");
        assertThat(seen.lists).noneMatch(List::isEmpty);
    }

    @Test
    void aNameThatIsGoneForGoodIsInTheEndBelieved() {
        server.runs("host-record=shop.test,10.0.0.1");
        Seen seen = watching(builder().addresses("{service}.test.", 80));
        seen.awaits("10.0.0.1:80");
        server.runs();
        seen.awaits();
        assertThat(seen.awaitsFailure("stays in use")).contains("NXDOMAIN");
    }
}
