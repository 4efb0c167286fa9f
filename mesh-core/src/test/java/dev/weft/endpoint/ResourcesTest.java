package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.Race;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ResourcesTest {
    @Test
    @SuppressWarnings("ThreadPriorityCheck") // the other is to ask while one is made
    void whoAsksWhileOneIsMadeGetsTheSame() {
        Race.rounds(500, () -> {
            Resources resources = new Resources();
            AtomicInteger made = new AtomicInteger();
            Set<AutoCloseable> got = ConcurrentHashMap.newKeySet();
            Race.Runner asks = () -> got.add(Objects.requireNonNull(resources.of("a transport", () -> {
                int number = made.incrementAndGet();
                Thread.yield();
                return (AutoCloseable) () -> assertThat(number).isOne();
            })));
            return Race.of(
                    () -> {
                        assertThat(made).hasValue(1);
                        assertThat(got).hasSize(1);
                    },
                    asks,
                    asks);
        });
    }
}
