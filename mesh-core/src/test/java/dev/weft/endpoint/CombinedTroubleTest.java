package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedResolver;
import org.junit.jupiter.api.Test;

/** Sources put together, some of which cannot be reached. */
class CombinedTroubleTest {
    private final ScriptedResolver first = new ScriptedResolver();
    private final ScriptedResolver second = new ScriptedResolver();
    private final Cluster cluster = new Cluster("inventory", new FakeTime());

    @Test
    void noneKnownHereIsNotNoneAtAllWhileTheOtherCannotBeAsked() {
        second.fail("the second is down");
        Resolvers.fallback(first, second).watch("inventory", cluster);
        assertThat(cluster.resolved()).isFalse();
        assertThat(cluster.trouble()).isEqualTo("the second is down");
        second.mend();
        assertThat(cluster.resolved()).isTrue();
        assertThat(cluster.nodes()).isEmpty();
    }

    @Test
    void oneThatAnswersIsEnoughAndTheOthersTroubleIsNotTold() {
        first.serve("inventory", "10.0.0.1:80");
        second.fail("the second is down");
        Resolvers.union(first, second).watch("inventory", cluster);
        assertThat(cluster.nodes()).hasSize(1);
        assertThat(cluster.trouble()).isNull();
    }

    @Test
    void whatWasKnownStaysInUseWhenAllFail() {
        first.serve("inventory", "10.0.0.1:80");
        Resolvers.union(first, second).watch("inventory", cluster);
        first.fail("the first is down");
        second.fail("the second is down");
        assertThat(cluster.nodes()).hasSize(1);
        assertThat(cluster.trouble()).isEqualTo("the first is down; the second is down");
    }

    @Test
    void whatWasBegunBeforeASourceThrewIsEnded() {
        Resolver broken = (service, listener) -> {
            throw new IllegalStateException("of the test");
        };
        assertThatThrownBy(() -> Resolvers.union(first, broken).watch("inventory", cluster))
                .hasMessage("of the test");
        assertThat(first.watches()).isZero();
    }
}
