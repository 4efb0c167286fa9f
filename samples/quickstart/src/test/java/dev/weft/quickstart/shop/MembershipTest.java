package dev.weft.quickstart.shop;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MembershipTest {
    @Test
    void whoCannotJoinGivesUpAndSaysWhatWasMissing() {
        try (Membership membership = new Membership("pricing-1", "http://127.0.0.1:1", Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> membership.join(80))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("pricing-1 was not ready within 1 s")
                    .hasMessageContaining("identity from consul connect pricing");
        }
    }
}
