package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

final class NameServersTest {
    private final FakeNameServer first = FakeNameServer.start();
    private final FakeNameServer second = FakeNameServer.start();
    private DnsResolver resolver = builder().build();

    private DnsBuilder builder() {
        return DnsResolver.builder()
                .addresses("{service}.test.", 80)
                .family(IpFamily.IPV4)
                .minTtl(Duration.ofMillis(5))
                .timeout(Duration.ofMillis(300))
                .nameServers(first.address(), second.address());
    }

    private Seen watching(DnsBuilder builder) {
        resolver.close();
        resolver = builder.build();
        return Seen.watching(resolver, "shop");
    }

    @BeforeEach
    void bothKnow() {
        first.zone.knows("shop.test. 0 A 10.0.0.1");
        second.zone.knows("shop.test. 0 A 10.0.0.2");
    }

    @AfterEach
    void stop() {
        resolver.close();
        first.close();
        second.close();
    }

    private static Message rcode(Message answer, int code) {
        answer.removeAllRecords(Section.ANSWER);
        answer.getHeader().setRcode(code);
        return answer;
    }

    @ParameterizedTest
    @ValueSource(ints = {Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTAUTH})
    void whereOneServerCannotSayTheNextIsAskedAndThenComesFirst(int code) {
        first.changes(answer -> rcode(answer, code));
        Seen seen = watching(builder());
        seen.awaits("10.0.0.2:80");
        await().atMost(Seen.LONG).until(() -> second.asked.size() > 5);
        assertThat(first.asked).as("asked once").hasSize(1);
        assertThat(seen.failures).isEmpty();
    }

    @Test
    void aSilentServerIsLeftAfterTheTimeout() {
        first.isSilent();
        watching(builder()).awaits("10.0.0.2:80");
    }

    @Test
    void aServerThatHasGoneIsLeftAndTheOneBeforeServesAgain() {
        Seen seen = watching(builder());
        seen.awaits("10.0.0.1:80");
        first.close();
        seen.awaits("10.0.0.2:80");
    }

    @Test
    void nxdomainIsAnAnswerAndNoReasonToAskAnother() {
        first.zone.knows();
        Seen seen = watching(builder().confirmLoss(Duration.ofHours(1)));
        seen.awaitsFailure("NXDOMAIN");
        assertThat(second.asked).isEmpty();
    }

    @Test
    void whereAllFailEachIsNamedWithItsReasonAndAskedTwice() throws IOException {
        first.isSilent();
        second.changes(answer -> rcode(answer, Rcode.REFUSED));
        int closed;
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        Seen seen = watching(builder().nameServers(first.address(), second.address(), "127.0.0.1:" + closed));
        assertThat(seen.awaitsFailure("REFUSED"))
                .contains(first.address().replace(":", " port ") + ": no answer in time")
                .contains(second.address().replace(":", " port ") + ": REFUSED")
                .contains("127.0.0.1 port " + closed + ": ");
        assertThat(seen.lists).isEmpty();
        assertThat(first.questions().subList(0, 2)).containsExactly("shop.test. A", "shop.test. A");
    }

    @ParameterizedTest
    @ValueSource(ints = {Rcode.FORMERR, Rcode.NOTIMP})
    void aServerThatDoesNotKnowEdnsIsAskedWithout(int code) {
        first.answers(asked ->
                List.of((asked.edns() ? rcode(first.zone.answer(asked), code) : first.zone.answer(asked)).toWire()));
        watching(builder()).awaits("10.0.0.1:80");
        assertThat(first.asked.get(0).edns()).isTrue();
        assertThat(first.asked.get(1).edns()).isFalse();
        assertThat(second.asked).isEmpty();
    }

    @Test
    void overTcpTooAServerThatDoesNotKnowEdnsIsAskedWithout() {
        first.answers(asked -> List.of(
                (asked.edns() ? rcode(first.zone.answer(asked), Rcode.FORMERR) : first.zone.answer(asked)).toWire()));
        watching(builder().overTcp()).awaits("10.0.0.1:80");
        assertThat(first.asked).allMatch(FakeNameServer.Asked::tcp);
    }

    @Test
    void overTcpMeansTcpOnly() {
        Seen seen = watching(builder().overTcp());
        seen.awaits("10.0.0.1:80");
        await().atMost(Seen.LONG).until(() -> first.asked.size() > 3);
        assertThat(first.asked).allMatch(FakeNameServer.Asked::tcp);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "10.0.0.1:x", "10.0.0.1:99999", "", "[::1", "10.0.0:53"})
    void anAddressThatIsNoneIsRefusedByName(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DnsResolver.builder().nameServers(address))
                .withMessageContaining("'" + address + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "10.0.0.1:8600", "::1", "[::1]:53", "2001:db8::1"})
    void addressesMayHaveAPort(String address) {
        DnsResolver.builder().srv("{service}.").nameServers(address).build().close();
    }

    @Test
    void whatCannotBeAskedForIsRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DnsResolver.builder().build())
                .withMessageContaining("addresses(name, port) or srv(name)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DnsResolver.builder().addresses("a..b", 80))
                .withMessageContaining("'a..b'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DnsResolver.builder().addresses("a.", 0))
                .withMessageContaining("port 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DnsResolver.builder().srv("a.").srv("b."))
                .withMessageContaining("'a.'");
    }
}
