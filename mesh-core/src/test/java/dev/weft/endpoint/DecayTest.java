package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecayTest {
    private static final long TAU = 10_000_000_000L;

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, 1 << 20, 50_000_000, 156_249_999, 156_250_000, 156_250_001, 1_000_000_000, TAU, 60 * TAU})
    void isThePowerOfE(long elapsed) {
        assertThat(LatencyAverage.decay(elapsed, TAU)).isCloseTo(Math.exp(-(double) elapsed / TAU), within(1e-6));
    }

    @Test
    void neverRises() {
        double last = 1;
        for (long elapsed = 0; elapsed < TAU; elapsed += TAU / 10_000) {
            double decay = LatencyAverage.decay(elapsed, TAU);
            assertThat(decay).isBetween(0.0, last);
            last = decay;
        }
    }
}
