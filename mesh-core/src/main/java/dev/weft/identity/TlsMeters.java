package dev.weft.identity;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/** What there is to count of identity and TLS. Thread-safe. */
final class TlsMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> ofTheKeyring;

    TlsMeters(MeterRegistry registry, Keyring keyring) {
        this.registry = registry;
        this.ofTheKeyring = List.of(
                Gauge.builder("weft.identity.remaining", keyring, Keyring::remainingSeconds)
                        .description("Life left of our own certificate; not a number while there is none")
                        .baseUnit("seconds")
                        .register(registry),
                FunctionCounter.builder("weft.identity.rotations", keyring, Keyring::rotations)
                        .description("How often our identity was replaced by another")
                        .register(registry));
    }

    void refused(String peer, PeerRefused.Reason reason) {
        Counter.builder("weft.identity.refused")
                .description("Peers whose certificate was not accepted")
                .tag("peer", peer)
                .tag("reason", reason.label())
                .register(registry)
                .increment();
    }

    Counter plaintext(String service) {
        return Counter.builder("weft.client.plaintext")
                .description("Attempts sent in plain text where policy would have preferred mTLS")
                .tag("service", service)
                .register(registry);
    }

    /** What a later mesh counts goes on; what belongs to this keyring ends with it. */
    @Override
    public void close() {
        ofTheKeyring.forEach(registry::remove);
    }
}
