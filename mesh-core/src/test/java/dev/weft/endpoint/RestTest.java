package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node is told to rest by several at once: by answers with Retry-After, and by those who eject. */
class RestTest {
    /** Also where the monotonic clock is about to begin anew. */
    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 150})
    void aShorterRestDoesNotCutALongerOneShort(long now) {
        Node node = new Node("inventory", Endpoint.of("10.0.0.1", 80), now);
        assertThat(node.resting(now)).isFalse();
        node.avoidUntil(now + 200);
        node.avoidUntil(now + 100);
        assertThat(node.resting(now + 199)).isTrue();
        assertThat(node.resting(now + 200)).isFalse();
        node.avoidUntil(now + 300);
        assertThat(node.resting(now + 299)).isTrue();
    }
}
