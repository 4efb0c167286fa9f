package dev.weft.stack;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** What one of those that look at a server's requests has to show, until it is closed. Thread-safe. */
public final class ServerMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> meters = new CopyOnWriteArrayList<>();

    public ServerMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Requests that are refused.
     *
     * @param reason why, from a bounded set: {@code rate}
     * @param criticality of those counted here; {@code none} where it does not matter
     */
    public void refused(String reason, String criticality, LongAdder count) {
        meters.add(FunctionCounter.builder("weft.server.refused", count, LongAdder::sum)
                .description("Requests that were refused before the application saw them")
                .tag("reason", reason)
                .tag("criticality", criticality)
                .register(registry));
    }

    public void count(String name, String doc, LongAdder count) {
        meters.add(FunctionCounter.builder(name, count, LongAdder::sum)
                .description(doc)
                .register(registry));
    }

    public void gauge(String name, String doc, Supplier<Number> figure) {
        meters.add(Gauge.builder(name, figure).description(doc).register(registry));
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
