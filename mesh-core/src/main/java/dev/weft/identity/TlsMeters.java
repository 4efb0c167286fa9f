package dev.weft.identity;

import dev.weft.stack.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** What there is to count of identity and TLS. Thread-safe. */
final class TlsMeters implements AutoCloseable {
    private final Meters meters;

    TlsMeters(MeterRegistry registry, Keyring keyring) {
        this.meters = new Meters(registry);
        meters.seconds(
                "weft.identity.remaining",
                "Life left of our own certificate; not a number while there is none",
                keyring::remainingSeconds,
                Tags.empty());
        meters.count(
                "weft.identity.rotations",
                "How often our identity was replaced by another",
                keyring::rotations,
                Tags.empty());
    }

    void refused(String peer, PeerRefused.Reason reason) {
        meters.counter(
                        "weft.identity.refused",
                        "Peers whose certificate was not accepted",
                        Tags.of("peer", peer, "reason", reason.label()))
                .increment();
    }

    Counter plaintext(String service) {
        return meters.counter(
                "weft.client.plaintext",
                "Attempts sent in plain text where policy would have preferred mTLS",
                Tags.of("service", service));
    }

    @Override
    public void close() {
        meters.close();
    }
}
