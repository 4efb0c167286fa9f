package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.call.Call;
import dev.weft.call.Fate;
import dev.weft.call.Pace;
import dev.weft.call.Pushback;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.Answer;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.Race;
import dev.weft.testkit.ScriptedPolicySource;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class MeshCloseTest {
    private final Queue<String> closed = new ConcurrentLinkedQueue<>();
    private final ScriptedPolicySource policy = new ScriptedPolicySource();

    private MeshBuilder builder() {
        return Mesh.builder().time(new FakeTime()).drain(Duration.ZERO);
    }

    @Test
    void whatFailsToCloseKeepsNothingElseOpen() {
        Resolver resolver = new Resolver() {
            @Override
            public Watch watch(String service, Listener listener) {
                listener.endpoints(List.of(Endpoint.parse("10.0.0.1:80")));
                return () -> fail("watch");
            }

            @Override
            public void close() {
                fail("resolver");
            }
        };
        Mesh mesh = builder()
                .resolver(resolver)
                .policy(policy)
                .identity(new FixedIdentity())
                .with(started -> () -> fail("companion"))
                .start();
        mesh.client(new ScriptedWire<>("stock")).route("inventory", "GET", "/", LayerValues.NONE);

        mesh.close();

        assertThat(closed).containsExactly("companion", "watch", "resolver");
        assertThat(policy.closed()).isTrue();
        assertThat(mesh.clusters().values()).allMatch(cluster -> cluster.nodes().isEmpty());
    }

    @Test
    void aCompanionThatThrowsLeavesNothingStartedBehind() {
        MeshBuilder builder = builder()
                .policy(policy)
                .with(started -> () -> closed.add("companion"))
                .with(started -> {
                    throw new IllegalStateException("of the test");
                });
        assertThatThrownBy(builder::start).hasMessage("of the test");
        assertThat(closed).containsExactly("companion");
        assertThat(policy.closed()).isTrue();
    }

    private void fail(String what) {
        closed.add(what);
        throw new IllegalStateException("of the test");
    }

    @Test
    void aCallThatPausesBetweenAttemptsIsNotSentOnceTheMeshIsClosed() {
        FakeTime time = new FakeTime();
        ScriptedWire<String> wire = new ScriptedWire<String>("stock")
                .next(Answer.of(Verdict.UNAVAILABLE, 503, "later")
                        .pushback(Pushback.waitFor(Duration.ofSeconds(5).toNanos())));
        Mesh mesh = Mesh.builder()
                .time(time)
                .drain(Duration.ZERO)
                .resolver(StaticResolver.empty().with("inventory", "10.0.0.1:80", "10.0.0.2:80"))
                .start();
        Route<String> route = mesh.client(wire).route("inventory", "GET", "/", LayerValues.NONE);
        Call call = route.newCall("request", Pace.async(time, Runnable::run), Context.root());
        route.send(call);

        mesh.close();

        assertThat(call.ended()).as("told at once").isTrue();
        assertThat(call.fate()).isEqualTo(Fate.CANCELLED);
        time.advance(Duration.ofSeconds(10));
        assertThat(wire.attempts()).hasSize(1);
        assertThat(time.pending()).isZero();
    }

    @Test
    void whatComesAfterTheEndIsClosedAtOnce() {
        Mesh mesh = builder().start();
        mesh.close();
        mesh.accompany(() -> closed.add("late"));
        assertThat(closed).containsExactly("late");
    }

    @Test
    void whoeverClosesAtTheSameMomentEverythingIsClosedOnce() {
        Race.rounds(500, () -> {
            closed.clear();
            Mesh mesh = builder().with(started -> () -> closed.add("early")).start();
            return Race.of(
                    () -> assertThat(closed).containsExactlyInAnyOrder("early", "late"),
                    mesh::close,
                    mesh::close,
                    () -> mesh.accompany(() -> closed.add("late")));
        });
    }
}
