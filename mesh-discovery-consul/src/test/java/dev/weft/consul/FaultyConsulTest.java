package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that a sound Consul does not give, so they are made up. */
class FaultyConsulTest {
    private static final String ONE = "[{\"Node\":{\"Node\":\"n1\",\"Address\":\"127.0.0.1\"},"
            + "\"Service\":{\"ID\":\"a\",\"Port\":81,\"Weights\":{\"Passing\":1,\"Warning\":1}},\"Checks\":[]}]";

    private final MockWebServer server = new MockWebServer();
    private final SeenEndpoints seen = new SeenEndpoints();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile Function<HttpUrl, MockResponse> answers = url -> health(7, ONE);

    @BeforeEach
    void start() throws IOException {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                asked.add(String.valueOf(request.getUrl().query()));
                return answers.apply(request.getUrl());
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[",
                "{}",
                "[]trailing",
                "[null]",
                "[{}]",
                "[{\"Service\":5}]",
                "[{\"Node\":{},\"Service\":{\"Port\":\"many\"}}]",
                "<html>proxy</html>",
                "\u0000\u0001\u0002"
            })
    void aBodyThatIsNoListOfInstancesIsAFailure(String body) {
        try (Consul consul = consul()) {
            answers = url -> health(7, body);
            consul.resolver().watch("web", seen);
            seen.awaitFailure("GET /v1/health/service/web at ");
            assertThat(seen.lists).isEmpty();

            answers = url -> health(8, ONE);
            seen.awaitSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "[null]",
                "[{}]",
                "[{\"Value\":\"YQ==\"}]",
                "[{\"Value\":\"no base64!\",\"ModifyIndex\":5}]",
                "[{\"Value\":5,\"ModifyIndex\":{}}]",
                "<html>proxy</html>"
            })
    void aBodyThatIsNoKeyIsAFailureAndNoPolicy(String body) {
        SeenPolicy policy = new SeenPolicy();
        try (Consul consul = consul()) {
            answers = url -> health(7, body);
            consul.policy("weft/policy").start(policy);
            policy.awaitLast("failed GET /v1/kv/weft/policy at ");

            answers = url -> health(8, "[{\"Value\":\"YTogYg==\",\"ModifyIndex\":8}]");
            policy.awaitLast("text a: b");
        }
        assertThat(policy.texts).hasSize(1);
    }

    @Test
    void aMissingKeyWithoutIndexIsNotAbsent() {
        SeenPolicy policy = new SeenPolicy();
        try (Consul consul = consul()) {
            answers = url -> new MockResponse.Builder().code(404).body("proxy").build();
            consul.policy("weft/policy").start(policy);
            policy.awaitLast("failed ");
        }
        assertThat(policy.told).doesNotContain("absent");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"CertPEM\":\"secret-1\",\"PrivateKeyPEM\":\"secret-2\"}",
                "{\"CertPEM\":[\"secret-1\"],\"PrivateKeyPEM\":secret-2}"
            })
    void aLeafThatIsNoneIsAFailureThatShowsNoKey(String body) {
        SeenIdentity identity = new SeenIdentity();
        try (Consul consul = consul()) {
            answers = url -> health(7, body);
            consul.identity("storefront").start(identity);
            identity.awaitFailure("leaf");
        }
        assertThat(identity.identities).isEmpty();
        assertThat(identity.failures).noneMatch(failure -> failure.contains("secret"));
    }

    @Test
    void bracketsWithoutEndExhaustNothing() {
        try (Consul consul = consul()) {
            answers = url -> health(7, "[{\"Service\":" + "[".repeat(500_000));
            consul.resolver().watch("web", seen);
            seen.awaitFailure("is not the JSON expected");
            answers = url -> health(8, ONE);
            seen.awaitSize(1);
        }
    }

    @Test
    void anAnswerWithoutEndIsGivenUp() {
        try (Consul consul = consul()) {
            String megabyte = "x".repeat(1 << 20);
            answers = url -> health(7, megabyte.repeat(33));
            consul.resolver().watch("web", seen);
            seen.awaitFailure("an answer of more than 32 MiB");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 404, 429, 500, 503})
    void anAnswerThatIsNoSuccessIsAFailureWithItsWords(int status) {
        try (Consul consul = consul()) {
            answers = url -> new MockResponse.Builder()
                    .code(status)
                    .addHeader("Location", "http://127.0.0.1:1/elsewhere")
                    .body("out of\norder")
                    .build();
            consul.resolver().watch("web", seen);
            seen.awaitFailure(": " + status + " out of order");
            assertThat(seen.lists).isEmpty();
            answers = url -> health(8, ONE);
            seen.awaitSize(1);
        }
    }

    @Test
    void anAnswerWithoutIndexIsNoConsul() {
        try (Consul consul = consul()) {
            answers = url -> new MockResponse.Builder().body(ONE).build();
            consul.resolver().watch("web", seen);
            seen.awaitFailure("is this a Consul agent?");
            assertThat(seen.lists).isEmpty();
        }
    }

    @Test
    void anIndexThatGoesBackwardsStartsOver() {
        answers = url -> health("9".equals(url.queryParameter("index")) ? 3 : 9, ONE);
        try (Consul consul = consul()) {
            consul.resolver().watch("web", seen);
            org.awaitility.Awaitility.await().atMost(SeenEndpoints.LONG).until(() -> asked.size() >= 3);
        }
        assertThat(asked.get(0)).doesNotContain("index");
        assertThat(asked.get(1)).contains("index=9&wait=");
        assertThat(asked.get(2)).doesNotContain("index");
    }

    @Test
    void anIndexOfZeroIsAskedAsOne() {
        answers = url -> health(0, ONE);
        try (Consul consul = consul()) {
            consul.resolver().watch("web", seen);
            org.awaitility.Awaitility.await().atMost(SeenEndpoints.LONG).until(() -> asked.size() >= 2);
        }
        assertThat(asked.get(1)).contains("index=1&");
    }

    @Test
    void anEmptyListThatTheConfirmingReadDoesNotConfirmIsNotUsed() {
        answers = url -> health(9, url.queryParameterNames().contains("consistent") ? ONE : "[]");
        try (Consul consul = consul()) {
            consul.resolver().watch("web", seen);
            seen.awaitSize(1);
        }
        assertThat(seen.lists).noneMatch(List::isEmpty);
    }

    @Test
    void anEmptyListThatCannotBeConfirmedIsNotUsed() {
        answers = url -> url.queryParameterNames().contains("consistent")
                ? new MockResponse.Builder().code(500).body("No cluster leader").build()
                : health(9, "[]");
        try (Consul consul = consul()) {
            consul.resolver().watch("web", seen);
            seen.awaitFailure("500 No cluster leader");
        }
        assertThat(seen.lists).isEmpty();
    }

    @Test
    void anEmptyListOfWhichConsulSaysThatRightsHideSomethingIsNotUsed() {
        answers = url -> health(9, "[]")
                .newBuilder()
                .addHeader("X-Consul-Results-Filtered-By-ACLs", "true")
                .build();
        try (Consul consul = consul()) {
            consul.resolver().watch("web", seen);
            seen.awaitFailure("the token's rights hide some");
        }
        assertThat(seen.lists).isEmpty();
    }

    @Test
    void anEmptyListIsNotUsedWhereRightsCannotBeAskedFor() {
        answers = url -> url.encodedPath().endsWith("/authorize")
                ? new MockResponse.Builder().code(404).build()
                : health(9, "[]");
        try (Consul consul = consul()) {
            consul.resolver().watch("web", seen);
            seen.awaitFailure("not believed: POST /v1/internal/acl/authorize");
        }
        assertThat(seen.lists).isEmpty();
    }

    @Test
    void aListThatShrankSinceTheProcessBeforeIsConfirmedFirst(@TempDir Path folder) {
        String four = "[" + String.join(",", instance("a"), instance("b"), instance("c"), instance("d")) + "]";
        answers = url -> health(7, four);
        try (Consul before = builder().cacheFolder(folder).build()) {
            before.resolver().watch("web", seen);
            seen.awaitSize(4);
        }
        answers = url -> health(9, url.queryParameterNames().contains("consistent") ? four : ONE);
        SeenEndpoints later = new SeenEndpoints();
        try (Consul after = builder().cacheFolder(folder).build()) {
            after.resolver().watch("web", later);
            later.awaitSize(4);
        }
        assertThat(later.lists).allMatch(list -> list.size() == 4);
    }

    @Test
    void closingEndsAQueryThatWaits() {
        answers = url -> url.queryParameter("index") == null
                ? health(9, ONE)
                : new MockResponse.Builder()
                        .headersDelay(1, java.util.concurrent.TimeUnit.HOURS)
                        .build();
        Consul consul = consul();
        consul.resolver().watch("closed-while-waiting", seen);
        org.awaitility.Awaitility.await().atMost(SeenEndpoints.LONG).until(() -> asked.size() >= 2);

        consul.close();

        assertThat(Threads.names()).noneMatch(name -> name.contains("closed-while-waiting"));
        assertThat(seen.failures).isEmpty();
    }

    @Test
    void closingAStatusCutsItsCallUnderWayAndNothingRunsOn() {
        answers = url -> new MockResponse.Builder()
                .headersDelay(1, java.util.concurrent.TimeUnit.HOURS)
                .build();
        Consul consul = consul();
        consul.status("hanging", "one");
        org.awaitility.Awaitility.await().atMost(SeenEndpoints.LONG).until(() -> !asked.isEmpty());

        long began = System.nanoTime();
        consul.close();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
        assertThat(Threads.names()).noneMatch(name -> name.contains("hanging/one"));
    }

    private Consul consul() {
        return builder().build();
    }

    private ConsulBuilder builder() {
        return Consul.builder().address(server.url("/").toString()).maxWait(Duration.ofMinutes(10));
    }

    private static String instance(String id) {
        return ONE.substring(1, ONE.length() - 1)
                .replace("\"ID\":\"a\"", "\"ID\":\"" + id + "\"")
                .replace("81", String.valueOf(81 + id.charAt(0)));
    }

    private static MockResponse health(long index, String body) {
        return new MockResponse.Builder()
                .addHeader("X-Consul-Index", index)
                .addHeader("X-Consul-KnownLeader", "true")
                .body(body)
                .build();
    }
}
