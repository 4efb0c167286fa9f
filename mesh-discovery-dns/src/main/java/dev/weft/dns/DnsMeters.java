package dev.weft.dns;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What there is to count of DNS; nothing is until there is a registry. Thread-safe. */
final class DnsMeters {
    /** What a name server's answer to one question came to. */
    enum Outcome {
        OK,
        NXDOMAIN,
        SERVFAIL,
        REFUSED,
        /** Another code that is no answer. */
        ERROR,
        TIMEOUT,
        UNREACHABLE,
        MALFORMED
    }

    /** What became of looking up a service. */
    enum Refresh {
        OK,
        /** An empty or sharply shrunk list that is not believed yet. */
        DOUBTED,
        FAILED
    }

    private final String name;
    private volatile @Nullable MeterRegistry registry;

    /** @param name what is asked for; apart from other resolvers of the same mesh */
    DnsMeters(String name) {
        this.name = name;
    }

    void publish(MeterRegistry registry) {
        this.registry = registry;
    }

    void answered(Outcome outcome) {
        MeterRegistry to = registry;
        if (to != null) {
            Counter.builder("weft.dns.answers")
                    .description("Questions put to name servers, by what came back")
                    .tag("outcome", word(outcome))
                    .register(to)
                    .increment();
        }
    }

    void refreshed(String service, Refresh result) {
        MeterRegistry to = registry;
        if (to != null) {
            Counter.builder("weft.dns.refreshes")
                    .description("Look-ups of services, by what became of them")
                    .tag("service", service)
                    .tag("name", name)
                    .tag("result", word(result))
                    .register(to)
                    .increment();
        }
    }

    /** Shows how old a service's list is, until what is given back is run. */
    Runnable age(String service, Supplier<Number> seconds) {
        MeterRegistry to = registry;
        if (to == null) {
            return () -> {};
        }
        Meter age = TimeGauge.builder("weft.dns.age", seconds, TimeUnit.SECONDS)
                .description("Since the list of endpoints in use was last confirmed; not a number while there is none")
                .tag("service", service)
                .tag("name", name)
                .register(to);
        return () -> to.remove(age);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
