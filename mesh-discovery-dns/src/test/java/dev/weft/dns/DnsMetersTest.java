package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.http.MeshHttp;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** What DNS shows in the registry of the mesh that it serves. */
final class DnsMetersTest {
    private final FakeNameServer server = FakeNameServer.start();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Mesh mesh = Mesh.builder()
            .source(
                    "dns",
                    DnsResolver.builder()
                            .addresses("{service}.test.", 1)
                            .family(IpFamily.IPV4)
                            .nameServers(server.address())
                            .minTtl(Duration.ofMillis(20))
                            .timeout(Duration.ofMillis(200))
                            .build())
            .metrics(registry)
            .set("connect.timeout", "100ms")
            .set("discovery.wait", "5s")
            .start();

    @AfterEach
    void stop() {
        mesh.close();
        server.close();
    }

    private void called() {
        try {
            MeshHttp.create(mesh)
                    .callFactory()
                    .newCall(new Request.Builder().url("http://shop/").build())
                    .execute()
                    .close();
        } catch (IOException e) {
            // Nobody listens there: it is the look-up that counts.
            return;
        }
    }

    private double value(String name, String... tags) {
        @Nullable Meter meter = registry.find(name).tags(tags).meter();
        return meter == null ? 0 : meter.measure().iterator().next().getValue();
    }

    private void awaitCount(String name, String tag, String value) {
        await().atMost(Seen.LONG)
                .untilAsserted(() -> assertThat(value(name, tag, value)).isPositive());
    }

    @Test
    void answersRefreshesAndTheAgeOfTheListAreShown() {
        server.zone.knows("shop.test. 0 A 127.0.0.1");
        called();
        awaitCount("weft.dns.answers", "outcome", "ok");
        awaitCount("weft.dns.refreshes", "result", "ok");
        assertThat(value("weft.dns.age", "service", "shop", "name", "{service}.test."))
                .isLessThan(10);

        server.changes(answer -> {
            answer.removeAllRecords(Section.ANSWER);
            answer.getHeader().setRcode(Rcode.SERVFAIL);
            return answer;
        });
        awaitCount("weft.dns.answers", "outcome", "servfail");
        awaitCount("weft.dns.refreshes", "result", "failed");
        double age = value("weft.dns.age");
        await().atMost(Seen.LONG)
                .untilAsserted(() -> assertThat(value("weft.dns.age")).isGreaterThan(age));

        server.isSilent();
        awaitCount("weft.dns.answers", "outcome", "timeout");
        server.changes(answer -> {
            answer.removeAllRecords(Section.QUESTION);
            return answer;
        });
        awaitCount("weft.dns.answers", "outcome", "malformed");
        server.zone.knows();
        server.isWell();
        awaitCount("weft.dns.answers", "outcome", "nxdomain");
        awaitCount("weft.dns.refreshes", "result", "doubted");

        mesh.close();
        assertThat(registry.find("weft.dns.age").meters()).isEmpty();
    }
}
