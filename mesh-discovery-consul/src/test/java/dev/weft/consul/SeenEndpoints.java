package dev.weft.consul;

import static org.awaitility.Awaitility.await;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import dev.weft.endpoint.Resolver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A listener that keeps what it was told, and that no two calls overlapped. */
final class SeenEndpoints implements Resolver.Listener {
    static final Duration LONG = Duration.ofSeconds(30);

    final List<List<Endpoint>> lists = new CopyOnWriteArrayList<>();
    final List<String> failures = new CopyOnWriteArrayList<>();
    final AtomicBoolean overlapped = new AtomicBoolean();
    private final AtomicBoolean inside = new AtomicBoolean();
    private volatile @Nullable Runnable onList;

    @Override
    public void endpoints(List<Endpoint> endpoints) {
        enter();
        lists.add(endpoints);
        Runnable action = onList;
        if (action != null) {
            action.run();
        }
        inside.set(false);
    }

    @Override
    public void failed(String reason) {
        enter();
        failures.add(reason);
        inside.set(false);
    }

    private void enter() {
        if (!inside.compareAndSet(false, true)) {
            overlapped.set(true);
        }
    }

    void onList(Runnable action) {
        onList = action;
    }

    Optional<List<Endpoint>> last() {
        return lists.isEmpty() ? Optional.empty() : Optional.of(lists.get(lists.size() - 1));
    }

    List<Endpoint> awaitList(Predicate<List<Endpoint>> wanted) {
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(5))
                .failFast("two calls of the listener overlapped", overlapped::get)
                .until(() -> last().filter(wanted).isPresent());
        return last().orElseThrow();
    }

    List<Endpoint> awaitSize(int size) {
        return awaitList(list -> list.size() == size);
    }

    Endpoint awaitHealth(Health health) {
        return awaitList(list -> list.size() == 1 && list.get(0).health() == health)
                .get(0);
    }

    String awaitFailure(String part) {
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> failures.stream().anyMatch(f -> f.contains(part)));
        return failures.stream().filter(f -> f.contains(part)).findFirst().orElseThrow();
    }
}
