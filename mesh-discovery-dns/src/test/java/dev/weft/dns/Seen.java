package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a watch was told. */
final class Seen implements Resolver.Listener {
    static final Duration LONG = Duration.ofSeconds(30);

    final List<List<Endpoint>> lists = new CopyOnWriteArrayList<>();
    final List<String> failures = new CopyOnWriteArrayList<>();

    static Seen watching(Resolver resolver, String service) {
        Seen seen = new Seen();
        resolver.watch(service, seen);
        return seen;
    }

    @Override
    public void endpoints(List<Endpoint> endpoints) {
        lists.add(endpoints);
    }

    @Override
    public void failed(String reason) {
        failures.add(reason);
    }

    List<Endpoint> last() {
        return lists.isEmpty() ? List.of() : lists.get(lists.size() - 1);
    }

    /** What is connected to, as a test writes it: several addresses of one endpoint with a + between. */
    static String where(Endpoint endpoint) {
        return String.join("+", endpoint.targets());
    }

    /** Waits until the last list is connected to at exactly these addresses, and gives it. */
    List<Endpoint> awaits(String... addresses) {
        List<String> wanted = Arrays.stream(addresses).sorted().toList();
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(
                                last().stream().map(Seen::where).sorted().toList())
                        .as("endpoints; failures so far: " + failures)
                        .isEqualTo(wanted));
        return last();
    }

    /** Waits for a failure that says so, and gives it. */
    String awaitsFailure(String part) {
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(failures).anyMatch(failure -> failure.contains(part)));
        return failures.stream().filter(f -> f.contains(part)).findFirst().orElseThrow();
    }
}
