package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weft.consul.testkit.ConsulAgent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A real Consul that denies everything by default. */
class ConsulAclTest {
    private static final String MASTER = "11111111-2222-3333-4444-555555555555";
    private static final String READ_WEB = "service \"web\" { policy = \"read\" } ";
    private static final String READ_NODES = "node_prefix \"\" { policy = \"read\" } ";
    private static final String READ_POLICY = "key \"weft/policy\" { policy = \"read\" } ";
    private static final ConsulAgent agent = ConsulAgent.builder().acl(MASTER).start();

    private final SeenEndpoints seen = new SeenEndpoints();
    private final SeenPolicy policy = new SeenPolicy();

    @TempDir
    Path folder;

    @BeforeAll
    static void fill() {
        for (int i = 1; i <= 3; i++) {
            Registered.service(agent, "web", "web-" + i, 80 + i);
        }
        agent.api().put("/v1/kv/weft/policy", "a: b");
    }

    @AfterAll
    static void stop() {
        agent.close();
    }

    @Test
    void withoutATokenThereIsAReasonAndNoEmptyList() {
        try (Consul consul = Consul.connect(agent.url())) {
            consul.resolver().watch("web", seen);
            consul.policy("weft/policy").start(policy);

            seen.awaitFailure("not believed: the token has no right to read service 'web'");
            policy.awaitLast("failed GET /v1/kv/weft/policy at 127.0.0.1");
            assertThat(policy.last()).contains("403 Permission denied (check the token and its rights");
            assertThat(seen.lists).isEmpty();
        }
    }

    @Test
    void aTokenWhoseRightsAreNarrowedEmptiesNothingAndWorksAgainWhenTheyAreWidened() {
        Rights rights = new Rights("narrowed", READ_WEB + READ_NODES + READ_POLICY);
        try (Consul consul =
                Consul.builder().address(agent.url()).token(rights.secret).build()) {
            consul.resolver().watch("web", seen);
            consul.policy("weft/policy").start(policy);
            seen.awaitSize(3);
            policy.awaitLast("text a: b");

            rights.set(READ_NODES);
            // The query that waits was allowed when it began; a change makes Consul answer it with what is left.
            Registered.service(agent, "web", "web-1", 81, Map.of("Tags", List.of("changed")));
            seen.awaitFailure(
                    "0 instances where 3 were known, not believed: the token has no right to read service 'web'");

            rights.set(READ_WEB);
            seen.awaitFailure("0 instances where 3 were known, not believed: the token has no right to read node 'n1'");

            rights.set(READ_WEB + READ_NODES + READ_POLICY);
            seen.awaitList(list -> list.size() == 3 && list.get(0).metadata().containsKey("consul.tags"));
            assertThat(seen.lists).allSatisfy(list -> assertThat(list).hasSize(3));
        }
    }

    @Test
    void nodesThatATokenMayNoLongerSeeAreNotGone() {
        String readSpread = "service \"spread\" { policy = \"read\" } ";
        for (String node : List.of("spread-a", "spread-b", "spread-c")) {
            agent.api().put("/v1/catalog/register", spread(node, "first"));
        }
        Rights rights = new Rights("fewer-nodes", readSpread + READ_NODES);
        try (Consul consul =
                Consul.builder().address(agent.url()).token(rights.secret).build()) {
            consul.resolver().watch("spread", seen);
            seen.awaitSize(3);

            rights.set(readSpread + "node \"spread-a\" { policy = \"read\" } ");
            agent.api().put("/v1/catalog/register", spread("spread-a", "second"));

            seen.awaitFailure(
                    "1 instances where 3 were known, not believed: the token has no right to read node 'spread-");
            assertThat(seen.lists).allSatisfy(list -> assertThat(list).hasSize(3));
        }
    }

    private static String spread(String node, String tag) {
        return Registered.json(Map.of(
                "Node",
                node,
                "Address",
                "127.0.0.1",
                "Service",
                Map.of("ID", node, "Service", "spread", "Port", 80 + node.charAt(7), "Tags", List.of(tag))));
    }

    @Test
    void aTokenThatIsDeletedEmptiesNothing() {
        Rights rights = new Rights("deleted", READ_WEB + READ_NODES);
        try (Consul consul =
                Consul.builder().address(agent.url()).token(rights.secret).build()) {
            consul.resolver().watch("web", seen);
            seen.awaitSize(3);

            agent.api().delete("/v1/acl/token/" + rights.accessor);
            Registered.service(agent, "web", "web-2", 82, Map.of("Tags", List.of("poked")));

            seen.awaitFailure("403 ACL not found");
            assertThat(seen.lists).allSatisfy(list -> assertThat(list).hasSize(3));
        }
    }

    @Test
    void aTokenFileMayChangeAndNoTokenIsEverTold() throws Exception {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        ch.qos.logback.classic.Logger logger =
                (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("dev.weft.consul");
        Level before = logger.getLevel();
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        logger.addAppender(logged);
        Path file = folder.resolve("token");
        try {
            try (Consul consul =
                    Consul.builder().address(agent.url()).tokenFile(file).build()) {
                consul.resolver().watch("web", seen);
                seen.awaitFailure("the Consul token cannot be had: its file cannot be read");

                String bad = "9999-secret\u0001-8888";
                Files.writeString(file, bad);
                seen.awaitFailure("the Consul token has characters that no token has");

                String unknown = "99999999-8888-7777-6666-555555555555";
                Files.writeString(file, unknown);
                seen.awaitFailure("403 ACL not found");

                Files.writeString(file, MASTER + "\n");
                seen.awaitSize(3);
                assertThat(seen.failures).noneMatch(f -> f.contains("9999") || f.contains(MASTER));
            }
            // Nobody logs any more: it is closed.
            assertThat(logged.list)
                    .isNotEmpty()
                    .noneMatch(e -> e.getFormattedMessage().contains("9999"))
                    .noneMatch(e -> e.getFormattedMessage().contains(MASTER));
        } finally {
            logger.detachAppender(logged);
            logger.setLevel(before);
            logger.setAdditive(true);
        }
    }

    /** A token with a policy of its own. */
    private static final class Rights {
        final String secret;
        final String accessor;
        private final String name;
        private final String policy;

        Rights(String name, String rules) {
            this.name = name;
            policy = field(agent.api().put("/v1/acl/policy", rules(name, rules)), "ID");
            String token = agent.api()
                    .put("/v1/acl/token", Registered.json(Map.of("Policies", List.of(Map.of("Name", name)))));
            secret = field(token, "SecretID");
            accessor = field(token, "AccessorID");
        }

        void set(String rules) {
            agent.api().put("/v1/acl/policy/" + policy, rules(name, rules));
        }

        private static String rules(String name, String rules) {
            return Registered.json(Map.of("Name", name, "Rules", rules));
        }

        private static String field(String json, String name) {
            return json.replaceAll("(?s).*?\"" + name + "\": ?\"([^\"]*)\".*", "$1");
        }
    }
}
