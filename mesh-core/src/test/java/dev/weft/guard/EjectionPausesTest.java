package dev.weft.guard;

import static dev.weft.guard.Rig.A;
import static dev.weft.guard.Rig.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Verdict;
import dev.weft.endpoint.Node;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import java.net.ConnectException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a node is left alone, which is a tenth longer at most than policy says. */
class EjectionPausesTest {
    private static final Answer<String> BROKEN = Answer.of(Verdict.SERVER_ERROR, 500, "broken");
    private static final Answer<String> REFUSED = Answer.failure(Verdict.UNSENT, new ConnectException("refused"));

    private final Rig rig = new Rig(Map.of("deadline.total", "2s"));

    @AfterEach
    void close() {
        rig.close();
    }

    /** How long until A's probe is due, in milliseconds. */
    private long untilProbe() {
        long millis = 0;
        while (!rig.cluster().ejections().probeDue(rig.time.nanos())) {
            rig.time.advance(Duration.ofMillis(1));
            millis++;
            assertThat(millis).isLessThan(10_000);
        }
        return millis;
    }

    @Test
    void callersThatLostANodeAtOneMomentDoNotComeBackToItAtOneMoment() {
        rig.wire.at(A, BROKEN);
        Set<Long> pauses = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            rig.calls(AnyPace.BLOCKING, 30);
            assertThat(rig.ejected()).containsExactly(A);
            long pause = untilProbe();
            assertThat(pause).isBetween(250L, 276L);
            pauses.add(pause);
            rig.cluster().ejections().readmit(rig.node(A));
            // As if it had been well for long.
            rig.time.advance(Duration.ofSeconds(31));
        }
        assertThat(pauses).hasSizeGreaterThan(5);
    }

    @Test
    void whoRefusesConnectionsIsLeftAloneForTheLongestTimeAtOnceAndEachTime() {
        rig.wire.at(A, REFUSED);
        for (int i = 0; i < 5; i++) {
            rig.calls(AnyPace.BLOCKING, 300);
            assertThat(rig.asked(A)).isEqualTo(i + 1);
            assertThat(untilProbe()).isBetween(1_000L, 1_101L);
            rig.time.advance(Duration.ofMillis(300));
        }
    }

    @Test
    void aRestThatWasAskedForIsNotCutShort() {
        rig.wire.at(A, BROKEN);
        rig.calls(AnyPace.BLOCKING, 30);
        assertThat(rig.ejected()).as("no other may be out").containsExactly(A);
        rig.wire.at(B, BROKEN.after(Duration.ofMillis(100)));
        for (int i = 0; i < 20; i++) {
            rig.begin();
        }
        Node node = rig.node(B);
        node.avoidUntil(rig.time.nanos() + Duration.ofHours(1).toNanos());
        rig.time.advance(Duration.ofMillis(200));
        assertThat(node.standing().condemned()).isTrue();
        assertThat(node.resting(rig.time.nanos() + Duration.ofMinutes(59).toNanos()))
                .isTrue();
    }
}
