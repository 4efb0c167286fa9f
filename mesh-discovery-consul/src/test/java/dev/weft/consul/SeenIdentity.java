package dev.weft.consul;

import static org.awaitility.Awaitility.await;

import dev.weft.identity.Identity;
import dev.weft.identity.IdentitySource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A listener that keeps what it was told. */
final class SeenIdentity implements IdentitySource.Listener {
    final List<Identity> identities = new CopyOnWriteArrayList<>();
    final List<String> failures = new CopyOnWriteArrayList<>();

    @Override
    public void identity(Identity identity) {
        identities.add(identity);
    }

    @Override
    public void failed(String reason) {
        failures.add(reason);
    }

    Identity awaitIdentity(Duration limit, Predicate<Identity> wanted) {
        await("an identity, after the failures " + failures)
                .atMost(limit)
                .until(() -> identities.stream().anyMatch(wanted));
        return identities.stream().filter(wanted).findFirst().orElseThrow();
    }

    void awaitFailure(String part) {
        await("a failure with '" + part + "'")
                .atMost(SeenEndpoints.LONG)
                .until(() -> failures.stream().anyMatch(f -> f.contains(part)));
    }
}
