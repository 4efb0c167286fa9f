package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.endpoint.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Rcode;

final class AddressesTest {
    private final FakeNameServer server = FakeNameServer.start();
    private DnsResolver resolver = builder("{service}.test.").build();

    @TempDir
    Path folder;

    private DnsBuilder builder(String name) {
        return DnsResolver.builder().addresses(name, 8080).nameServers(server.address());
    }

    private Seen watching(DnsBuilder builder) {
        resolver.close();
        resolver = builder.build();
        return Seen.watching(resolver, "shop");
    }

    @AfterEach
    void stop() {
        resolver.close();
        server.close();
    }

    @Test
    void eachAddressOfTheNameIsAnEndpointWithTheGivenPort() {
        server.zone.knows("shop.test. 60 A 10.0.0.2", "shop.test. 60 A 10.0.0.1");
        Seen seen = watching(builder("{service}.test."));
        assertThat(seen.awaits("10.0.0.1:8080", "10.0.0.2:8080"))
                .allSatisfy(e -> assertThat(e.metadata()).containsEntry("dns.name", "shop.test"));
    }

    @ParameterizedTest
    @CsvSource({
        "IPV4_FIRST, 10.0.0.1:80",
        "IPV6_FIRST, [2001:db8::1]:80",
        "IPV4, 10.0.0.1:80",
        "IPV6, [2001:db8::1]:80",
        "BOTH, 10.0.0.1:80 [2001:db8::1]:80"
    })
    void ofANameInBothFamiliesTheWantedOnesAreUsed(IpFamily family, String wanted) {
        server.zone.knows("shop.test. 60 A 10.0.0.1", "shop.test. 60 AAAA 2001:db8::1");
        Seen seen = watching(DnsResolver.builder()
                .addresses("shop.test.", 80)
                .nameServers(server.address())
                .family(family));
        seen.awaits(wanted.split(" "));
    }

    @ParameterizedTest
    @CsvSource({"IPV4_FIRST, AAAA 2001:db8::1, [2001:db8::1]:8080", "IPV6_FIRST, A 10.0.0.1, 10.0.0.1:8080"})
    void whereThePreferredFamilyIsMissingTheOtherServes(IpFamily family, String record, String wanted) {
        server.zone.knows("shop.test. 60 " + record);
        watching(builder("{service}.test.").family(family)).awaits(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:0:0:0:0:1, 2001:db8::1",
        "0:0:0:0:0:0:0:1, ::1",
        "2001:0:0:0:0:0:0:0, 2001::",
        "2001:0:0:1:0:0:0:10, 2001:0:0:1::10",
        "2001:0:10:a0:0:1:2:3, 2001:0:10:a0:0:1:2:3"
    })
    void ipv6AddressesAreWrittenAsOtherSourcesWriteThem(String full, String wanted) throws IOException {
        assertThat(Addresses.text(InetAddress.getByName(full))).isEqualTo(wanted);
    }

    @Test
    void addressesThatNobodyCanCallAreLeftOut() {
        server.zone.knows(
                "shop.test. 60 A 0.0.0.0",
                "shop.test. 60 A 224.0.0.1",
                "shop.test. 60 A 255.255.255.255",
                "shop.test. 60 AAAA fe80::1",
                "shop.test. 60 AAAA ::",
                "shop.test. 60 A 10.0.0.1");
        watching(builder("{service}.test.").family(IpFamily.BOTH)).awaits("10.0.0.1:8080");
    }

    @Test
    void aNameWithNothingButSuchAddressesSaysSo() {
        server.zone.knows("shop.test. 60 A 0.0.0.0");
        watching(builder("{service}.test.").family(IpFamily.IPV4))
                .awaitsFailure("only addresses that nobody can call: [0.0.0.0]");
    }

    @Test
    void aliasesAreFollowedWithinAnAnswerAndBeyondIt() {
        server.zone.knows("shop.test. 60 CNAME a.test.", "a.test. 60 CNAME b.test.", "b.test. 60 A 10.0.0.1");
        watching(builder("{service}.test.")).awaits("10.0.0.1:8080");
        assertThat(server.questions()).containsExactly("shop.test. A", "a.test. A", "b.test. A");
    }

    @Test
    void aliasesInACircleAreAFailureThatSaysSo() {
        server.zone.knows("shop.test. 60 CNAME a.test.", "a.test. 60 CNAME shop.test.");
        watching(builder("{service}.test.")).awaitsFailure("more than 8 aliases, or a circle");
    }

    @Test
    void aNameThatIsNotCompleteGoesThroughTheSearchDomainsOfTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("resolv.conf"), "search one.test two.test\noptions ndots:2\n");
        server.zone.knows("shop.two.test. 60 A 10.0.0.1");
        watching(builder("{service}").family(IpFamily.IPV4).resolvConf(file)).awaits("10.0.0.1:8080");
        assertThat(server.questions()).containsExactly("shop.one.test. A", "shop.two.test. A");
    }

    @Test
    void aNameWithEnoughDotsIsTriedAsItIsFirst() throws IOException {
        Path file = Files.writeString(folder.resolve("resolv.conf"), "search one.test\n");
        server.zone.knows("shop.b.one.test. 60 A 10.0.0.1");
        watching(builder("{service}.b").family(IpFamily.IPV4).resolvConf(file)).awaits("10.0.0.1:8080");
        assertThat(server.questions()).containsExactly("shop.b. A", "shop.b.one.test. A");
    }

    @Test
    void aFailureEndsTheSearchAsTheNameMayExist() throws IOException {
        Path file = Files.writeString(folder.resolve("resolv.conf"), "search one.test two.test\noptions ndots:2\n");
        server.zone.knows("shop.two.test. 60 A 10.6.6.6");
        server.changes(answer -> {
            if (answer.getQuestion().getName().toString().contains("one")) {
                answer.getHeader().setRcode(Rcode.SERVFAIL);
            }
            return answer;
        });
        Seen seen = watching(builder("{service}").resolvConf(file));
        seen.awaitsFailure("SERVFAIL");
        assertThat(seen.lists).isEmpty();
    }

    @Test
    void aFileThatIsMissingIsAFailureThatNamesIt() {
        Seen seen =
                watching(DnsResolver.builder().addresses("{service}.test.", 80).resolvConf(folder.resolve("none")));
        assertThat(seen.awaitsFailure("none")).contains("nameServers(...)");
    }

    @Test
    void aFileThatComesLaterIsTakenUp() throws IOException {
        Path file = folder.resolve("resolv.conf");
        Seen seen = watching(DnsResolver.builder()
                .addresses("{service}.test.", 80)
                .resolvConf(file)
                .timeout(Duration.ofMillis(50)));
        seen.awaitsFailure("cannot be read");
        Files.writeString(file, "# nobody yet\n");
        seen.awaitsFailure("names no name server");
    }

    @Test
    void aServiceThatCannotBeInANameIsAFailureThatSaysSo() {
        Seen seen = Seen.watching(resolver, "sh\\046op");
        seen.awaitsFailure("'sh\\046op' cannot be part of a name in DNS");
        Seen tooLong = Seen.watching(resolver, "x".repeat(64));
        tooLong.awaitsFailure("is no name in DNS");
        assertThat(server.questions()).isEmpty();
    }

    @Test
    void theSameAddressesInAnotherOrderAreNoNews() {
        server.zone.knows("shop.test. 0 A 10.0.0.1", "shop.test. 0 A 10.0.0.2");
        Seen seen = watching(builder("{service}.test.").minTtl(Duration.ofMillis(5)));
        seen.awaits("10.0.0.1:8080", "10.0.0.2:8080");
        server.zone.knows("shop.test. 0 A 10.0.0.2", "shop.test. 0 A 10.0.0.1");
        int before = server.asked.size();
        await().until(() -> server.asked.size() > before + 4);
        assertThat(seen.lists).hasSize(1);
        assertThat(seen.last().stream().map(Endpoint::host)).containsExactly("10.0.0.1", "10.0.0.2");
    }
}
