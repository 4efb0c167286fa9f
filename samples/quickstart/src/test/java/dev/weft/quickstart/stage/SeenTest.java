package dev.weft.quickstart.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SeenTest {
    private final Tally tally = new Tally();

    @Test
    void whatWasSeenBeforeDoesNotCount() {
        tally.answered("inventory-1", Duration.ofSeconds(3).toNanos());
        tally.failed("HTTP 503", 1_000_000);
        Seen before = tally.seen();
        tally.answered("inventory-1", 1_000_000);
        tally.answered("inventory-1", 1_000_000);
        tally.answered("inventory-2", 2_000_000);
        tally.failed("failed_deadline", 2_000_000);

        Seen seen = tally.seen().since(before);

        assertThat(seen.answered()).isEqualTo(3);
        assertThat(seen.failures()).containsOnlyKeys("failed_deadline").containsValue(1L);
        assertThat(seen.share("inventory-1")).isEqualTo(2 / 3.0);
        assertThat(seen.share("inventory-3")).isZero();
        assertThat(seen.percentile(100)).isBetween(Duration.ofMillis(2), Duration.ofMillis(3));
    }

    @Test
    void nothingSeenIsNoShareAndNoTime() {
        Seen nothing = tally.seen();

        assertThat(nothing.calls()).isZero();
        assertThat(nothing.share("inventory-1")).isZero();
        assertThat(nothing.percentile(99)).isZero();
    }
}
