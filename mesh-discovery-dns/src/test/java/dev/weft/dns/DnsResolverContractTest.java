package dev.weft.dns;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import dev.weft.testkit.ResolverContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** What every resolver does, over real sockets: services are SRV records that hold for no time. */
final class DnsResolverContractTest extends ResolverContract {
    private final FakeNameServer server = FakeNameServer.start();
    private final Map<String, List<Endpoint>> services = new ConcurrentHashMap<>();

    @AfterEach
    void stop() {
        server.close();
    }

    @Override
    protected Resolver resolver() {
        return DnsResolver.builder()
                .srv("_http._tcp.{service}.test.")
                .nameServers(server.address())
                .minTtl(Duration.ofMillis(20))
                .confirmLoss(Duration.ofMillis(100))
                .build();
    }

    @Override
    protected void serve(String service, List<Endpoint> endpoints) {
        services.put(service, endpoints);
        server.zone.negativeTtl(0);
        List<String> lines = new ArrayList<>();
        services.forEach((name, list) -> list.forEach(endpoint -> {
            // An endpoint is called as its target is.
            String target = endpoint.host() + ".";
            lines.add("_http._tcp." + name + ".test. 0 SRV 1 1 " + endpoint.port() + " " + target);
            lines.add(target + " 0 A " + endpoint.host());
        }));
        server.zone.knows(lines.stream().distinct().toArray(String[]::new));
    }

    @Override
    protected void breakSource() {
        server.changes(answer -> {
            answer.removeAllRecords(Section.ANSWER);
            answer.getHeader().setRcode(Rcode.SERVFAIL);
            return answer;
        });
    }

    @Override
    protected void mendSource() {
        server.isWell();
    }
}
