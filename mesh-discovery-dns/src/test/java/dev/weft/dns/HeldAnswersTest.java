package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.testkit.FakeTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is held for as long as it says is not asked for again: real questions, time that the test moves. */
final class HeldAnswersTest {
    private final FakeTime time = new FakeTime();
    private final FakeNameServer server = FakeNameServer.start();
    private DnsResolver resolver = builder().srv("_http._tcp.{service}.test.").build();

    private DnsBuilder builder() {
        return DnsResolver.builder()
                .family(IpFamily.IPV4)
                .nameServers(server.address())
                .time(time)
                .random(new SplittableRandom(7));
    }

    @AfterEach
    void stop() {
        resolver.close();
        server.close();
    }

    private void settle(int watches) {
        await().atMost(Seen.LONG).pollInterval(Duration.ofMillis(2)).until(() -> time.pending() == watches);
    }

    private void refreshes(int times) {
        for (int i = 0; i < times; i++) {
            time.step();
            settle(1);
        }
    }

    private int asked(String question) {
        return Collections.frequency(server.questions(), question);
    }

    @Test
    void theAddressesOfATargetAreNotAskedForUntilTheirOwnTtlEnds() {
        server.zone.knows("_http._tcp.shop.test. 4 SRV 1 1 80 a.test.", "a.test. 60 A 10.0.0.1");
        Seen seen = Seen.watching(resolver, "shop");
        settle(1);
        refreshes(10);
        assertThat(asked("_http._tcp.shop.test. SRV")).isEqualTo(11);
        assertThat(asked("a.test. A")).isEqualTo(1);
        server.zone.knows("_http._tcp.shop.test. 4 SRV 1 1 80 a.test.", "a.test. 60 A 10.0.0.2");
        while (time.elapsed().toSeconds() < 57) {
            refreshes(1);
        }
        assertThat(asked("a.test. A")).as("ahead of the end").isEqualTo(2);
        seen.awaits("10.0.0.2:80");
    }

    @Test
    void aTargetThatServicesShareIsAskedForOnce() {
        server.zone.knows(
                "_http._tcp.shop.test. 60 SRV 1 1 80 a.test.",
                "_http._tcp.bank.test. 60 SRV 1 1 81 a.test.",
                "a.test. 60 A 10.0.0.1");
        Seen.watching(resolver, "shop").awaits("10.0.0.1:80");
        Seen.watching(resolver, "bank").awaits("10.0.0.1:81");
        assertThat(asked("a.test. A")).isEqualTo(1);
    }

    @Test
    void thatANameDoesNotExistInASearchDomainIsHeldToo(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("resolv.conf"), "search one.test two.test\n");
        resolver.close();
        resolver = builder().addresses("{service}", 80).resolvConf(file).build();
        server.zone.negativeTtl(9);
        server.zone.knows("shop.two.test. 1 A 10.0.0.1");
        Seen.watching(resolver, "shop").awaits("10.0.0.1:80");
        settle(1);
        refreshes(5);
        assertThat(asked("shop.two.test. A")).isEqualTo(6);
        assertThat(asked("shop.one.test. A")).isEqualTo(1);
        refreshes(5);
        assertThat(asked("shop.one.test. A")).isEqualTo(2);
    }

    @Test
    void whatIsDoubtedIsAskedForAnewHoweverLongItHolds() {
        resolver.close();
        resolver = builder().addresses("{service}.test.", 80).build();
        server.zone.knows("shop.test. 4 A 10.0.0.1", "shop.test. 4 A 10.0.0.2", "shop.test. 4 A 10.0.0.3");
        Seen seen = Seen.watching(resolver, "shop");
        settle(1);
        server.zone.knows("shop.test. 3600 A 10.0.0.1");
        refreshes(1);
        seen.awaitsFailure("only 1 endpoints where 3 were known");
        int before = asked("shop.test. A");
        refreshes(1);
        assertThat(asked("shop.test. A")).isEqualTo(before + 1);
        assertThat(time.elapsed()).isLessThan(Duration.ofSeconds(15));
    }
}
