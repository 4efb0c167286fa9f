package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.policy.PolicyStatus;
import dev.weft.policy.PolicyStatus.State;
import dev.weft.testkit.Threads;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mesh that has everything from a real Consul. */
class ConsulMeshTest {
    private static final String TWO_SECONDS = "weft: 1\ndefaults:\n  deadline: {total: 2s}\n";
    private static final String ONE_SECOND = "weft: 1\ndefaults:\n  deadline: {total: 1s}\n";
    private static final String BROKEN = "weft: 1\ndefaults:\n  deadlime: {total: 1s}\n";

    @TempDir
    Path folder;

    @Test
    void operatorsSeeWhatEachProcessAppliedRefusedOrCannotRead() throws Exception {
        try (ConsulAgent agent = ConsulAgent.builder().durable().start();
                Consul operator = Consul.connect(agent.url())) {
            agent.api().put("/v1/kv/mesh-test/policy", TWO_SECONDS);
            try (Mesh mesh = mesh(agent)) {
                awaitListed(operator, State.APPLIED);
                assertThat(deadline(mesh)).contains("2s");
                long applied = mesh.policy().status().revision().index();

                agent.api().put("/v1/kv/mesh-test/policy", BROKEN);
                PolicyStatus refused = awaitListed(operator, State.REFUSED);
                assertThat(refused.reason()).contains(":3:").contains("deadlime");
                assertThat(refused.revision().index()).isEqualTo(applied);
                assertThat(refused.refused()).isNotNull();
                assertThat(deadline(mesh)).contains("2s");

                agent.api().put("/v1/kv/mesh-test/policy", ONE_SECOND);
                awaitListed(operator, State.APPLIED);
                assertThat(deadline(mesh)).contains("1s");

                agent.kill();
                await().atMost(SeenEndpoints.LONG)
                        .until(() -> mesh.policy().status().state() == State.STALE);
                agent.restart();
                await().atMost(SeenEndpoints.LONG)
                        .until(() -> mesh.policy().status().state() == State.APPLIED);
                awaitListed(operator, State.APPLIED);
            }
            assertThat(listed(operator)).isEmpty();
            assertThat(Threads.names()).noneMatch(name -> name.contains("mesh-test"));
        }
    }

    @Test
    void aMeshStartsFromWhatItKeptWhenConsulIsAway() {
        try (ConsulAgent agent = ConsulAgent.start()) {
            agent.api().put("/v1/kv/mesh-test/policy", ONE_SECOND);
            try (Mesh mesh = mesh(agent)) {
                await().atMost(SeenEndpoints.LONG)
                        .until(() -> mesh.policy().status().state() == State.APPLIED);
            }
            agent.kill();
            try (Mesh mesh = mesh(agent)) {
                await().atMost(SeenEndpoints.LONG)
                        .until(() -> mesh.policy().status().state() == State.STALE);
                assertThat(deadline(mesh)).contains("1s");
                assertThat(mesh.waitingFor()).anyMatch(waiting -> waiting.contains("consul connect mesh-test"));
            }
        }
    }

    private Mesh mesh(ConsulAgent agent) {
        Consul consul = Consul.builder()
                .address(agent.url())
                .cacheFolder(folder.resolve("lists"))
                .build();
        return Mesh.builder()
                .resolver(consul.resolver())
                .policy(consul.policy("mesh-test/policy"))
                .identity(consul.identity("mesh-test"))
                .stateFolder(folder.resolve("state"))
                .with(mesh -> consul)
                .with(mesh -> consul.status("mesh-test", "one").follow(mesh.policy()))
                .start();
    }

    private static String deadline(Mesh mesh) {
        return mesh.explain("inventory", "GET", "/")
                .toString()
                .lines()
                .filter(line -> line.contains("deadline.total"))
                .findFirst()
                .orElseThrow();
    }

    private static PolicyStatus awaitListed(Consul operator, State state) throws Exception {
        await().atMost(SeenEndpoints.LONG)
                .ignoreExceptions()
                .until(() -> listed(operator).filter(s -> s.state() == state).isPresent());
        return listed(operator).orElseThrow();
    }

    private static Optional<PolicyStatus> listed(Consul operator) throws Exception {
        return operator.statuses().stream().map(InstanceStatus::policy).findFirst();
    }
}
