package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.policy.PolicyRevision;
import dev.weft.policy.PolicyStatus;
import dev.weft.policy.PolicyStatus.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Against a real Consul. */
@Order(1)
class ConsulStatusTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private final ConsulAgent agent = SharedAgent.get();

    @Test
    void whatIsAppliedThenRefusedThenStaleIsListedForEachInstance() {
        try (Consul consul = Consul.connect(agent.url());
                ConsulStatus one = consul.status("listed", "one");
                ConsulStatus two = consul.status("listed", "two")) {
            assertThat(one.key()).isEqualTo("weft/status/listed/one");
            one.report(status(State.APPLIED, 7, null, ""));
            two.report(status(State.REFUSED, 7, revision(8), "policy.yaml:3:5: unknown key 'retrys'"));
            awaitStatus(consul, "listed", "one", status(State.APPLIED, 7, null, ""));
            awaitStatus(
                    consul,
                    "listed",
                    "two",
                    status(State.REFUSED, 7, revision(8), "policy.yaml:3:5: unknown key 'retrys'"));

            one.report(status(State.STALE, 7, null, "Consul is away"));
            awaitStatus(consul, "listed", "one", status(State.STALE, 7, null, "Consul is away"));
        }
    }

    @Test
    void theKeyIsGoneWhenItIsClosed() {
        try (Consul consul = Consul.connect(agent.url())) {
            ConsulStatus status = consul.status("leaving", "one");
            status.report(status(State.APPLIED, 1, null, ""));
            awaitStatus(consul, "leaving", "one", status(State.APPLIED, 1, null, ""));

            status.close();

            assertThat(find(consul, "leaving", "one")).isEmpty();
        }
    }

    @Test
    void aLostSessionIsMadeAnew() {
        try (Consul consul = Consul.connect(agent.url());
                ConsulStatus status = consul.status("losing", "one")) {
            status.report(status(State.APPLIED, 1, null, ""));
            awaitStatus(consul, "losing", "one", status(State.APPLIED, 1, null, ""));
            String session = agent.api()
                    .get("/v1/kv/weft/status/losing/one")
                    .replaceAll("(?s).*\"Session\": \"([^\"]*)\".*", "$1");

            agent.api().put("/v1/session/destroy/" + session, "");
            assertThat(find(consul, "losing", "one")).isEmpty();

            awaitStatus(consul, "losing", "one", status(State.APPLIED, 1, null, ""));
        }
    }

    @Test
    void aConsulThatIsDownAtStartGetsTheLatestStatusOnceItIsUp() {
        try (ConsulAgent own = ConsulAgent.start()) {
            own.kill();
            try (Consul consul = Consul.connect(own.url());
                    ConsulStatus status = consul.status("early", "one")) {
                status.report(status(State.NONE, 0, null, ""));
                status.report(status(State.APPLIED, 3, null, ""));
                assertThatThrownBy(consul::statuses)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("listing weft/status/");

                own.restart();

                awaitStatus(consul, "early", "one", status(State.APPLIED, 3, null, ""));
            }
        }
    }

    @Test
    void theKeyIsGoneSoonAfterTheProcessHasDied() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Dying.class.getName(),
                        agent.url())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (Consul consul = Consul.connect(agent.url())) {
            awaitStatus(consul, "dying", "one", status(State.APPLIED, 1, null, ""));

            process.destroyForcibly().waitFor();

            await().atMost(Duration.ofSeconds(60))
                    .until(() -> find(consul, "dying", "one").isEmpty());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aValueThatIsNoStatusIsLeftOut() {
        agent.api().put("/v1/kv/weft/status/garbage/one", "{\"state\":\"APPLIED\"}");
        agent.api().put("/v1/kv/weft/status/garbage/two", "no json");
        agent.api().put("/v1/kv/weft/status/stray", "x");
        try (Consul consul = Consul.connect(agent.url())) {
            assertThat(find(consul, "garbage", "one")).isEmpty();
            assertThat(find(consul, "garbage", "two")).isEmpty();
        }
    }

    @Test
    void aNameThatWouldReachAnotherKeyIsRefused() {
        try (Consul consul = Consul.connect(agent.url())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> consul.status("a/b", "one"))
                    .withMessageContaining("'a/b'");
        }
    }

    private static void awaitStatus(Consul consul, String app, String instance, PolicyStatus wanted) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(find(consul, app, instance)).contains(wanted));
    }

    private static Optional<PolicyStatus> find(Consul consul, String app, String instance) {
        List<InstanceStatus> all;
        try {
            all = consul.statuses();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return all.stream()
                .filter(s -> s.app().equals(app) && s.instance().equals(instance))
                .map(InstanceStatus::policy)
                .findFirst();
    }

    private static PolicyStatus status(State state, long index, @Nullable PolicyRevision refused, String reason) {
        return new PolicyStatus(state, revision(index), refused, reason, NOON);
    }

    private static PolicyRevision revision(long index) {
        return new PolicyRevision("consul kv weft/policy", index, "ab".repeat(32), NOON);
    }

    /** A process that tells its status and is then killed. */
    static final class Dying {
        private Dying() {}

        public static void main(String[] args) throws Exception {
            Consul consul = Consul.connect(args[0]);
            consul.status("dying", "one").report(status(State.APPLIED, 1, null, ""));
            Thread.currentThread().join();
        }
    }
}
