package dev.weft.dns;

import dev.weft.stack.Meters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** What there is to count of DNS; nothing is until there is a registry. Thread-safe. */
final class DnsMeters implements AutoCloseable {
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
    private volatile @Nullable Meters meters;

    /** @param name what is asked for; apart from other resolvers of the same mesh */
    DnsMeters(String name) {
        this.name = name;
    }

    void publish(MeterRegistry registry) {
        close();
        this.registry = registry;
        this.meters = new Meters(registry);
    }

    void answered(Outcome outcome) {
        Meters to = meters;
        if (to != null) {
            to.counter(
                            "weft.dns.answers",
                            "Questions put to name servers, by what came back",
                            Tags.of("outcome", word(outcome)))
                    .increment();
        }
    }

    void refreshed(String service, Refresh result) {
        Meters to = meters;
        if (to != null) {
            to.counter(
                            "weft.dns.refreshes",
                            "Look-ups of services, by what became of them",
                            Tags.of("service", service, "name", name, "result", word(result)))
                    .increment();
        }
    }

    /** Shows how old a service's list is, until what is given back is run. */
    Runnable age(String service, DoubleSupplier seconds) {
        MeterRegistry to = registry;
        if (to == null) {
            return () -> {};
        }
        Meters ofTheList = new Meters(to);
        ofTheList.seconds(
                "weft.dns.age",
                "Since the list of endpoints in use was last confirmed; not a number while there is none",
                seconds,
                Tags.of("service", service, "name", name));
        return ofTheList::close;
    }

    @Override
    public void close() {
        Meters to = meters;
        if (to != null) {
            to.close();
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
