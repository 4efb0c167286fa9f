package dev.weft.http;

import static dev.weft.http.Rig.cause;
import static dev.weft.http.Rig.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Reply;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Endpoint;
import dev.weft.stack.ConnectSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attempts that wait for the address of their node's name, from a resolver that keeps silent. */
class LookupTest {
    private final MockWebServer server = new MockWebServer();
    private final AtomicInteger lookups = new AtomicInteger();
    private final CountDownLatch answers = new CountDownLatch(1);
    private final Rig rig = new Rig(new OkHttpClient.Builder()
            .dns(host -> {
                lookups.incrementAndGet();
                try {
                    answers.await();
                } catch (InterruptedException e) {
                    throw new UnknownHostException("interrupted");
                }
                return List.of(InetAddress.getLoopbackAddress());
            })
            .build());

    @BeforeEach
    void start() throws IOException {
        server.start();
        rig.cluster.endpoints(List.of(Endpoint.of("stock.example", server.getPort())));
        rig.with(ConnectSettings.TIMEOUT, Duration.ofMinutes(1));
    }

    @AfterEach
    void stop() {
        answers.countDown();
        rig.close();
        server.close();
    }

    private CompletableFuture<Outcome<Response>> begin(Rig.Try tried) {
        CompletableFuture<Outcome<Response>> answer = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            Reply<Response> reply = tried.start();
            reply.onDone(tried.call, (c, outcome) -> answer.complete(outcome));
        });
        caller.setDaemon(true);
        caller.start();
        return answer;
    }

    private static Outcome<Response> get(CompletableFuture<Outcome<Response>> answer) throws Exception {
        return answer.get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void awaitLookup() {
        await().atMost(Rig.PATIENCE).untilAsserted(() -> assertThat(lookups).hasPositiveValue());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theDeadlineEndsTheWaitForAnAddress(boolean blocking) throws Exception {
        Rig.Try tried = rig.attempt(Rig.get("/"), blocking, Duration.ofMillis(300));
        assertThat(cause(get(begin(tried))))
                .isInstanceOf(MeshException.class)
                .hasMessageContaining("the deadline passed");
        assertThat(tried.call.verdict()).isEqualTo(Verdict.UNSENT);
        rig.assertClean();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancellingEndsTheWaitForAnAddress(boolean blocking) throws Exception {
        Rig.Try tried = rig.attempt(Rig.get("/"), blocking, Duration.ofMinutes(1));
        CompletableFuture<Outcome<Response>> answer = begin(tried);
        awaitLookup();
        tried.call.logical().cancel();
        cause(get(answer));
        assertThat(tried.call.verdict()).isEqualTo(Verdict.CANCELLED);
        rig.assertClean();
    }

    @Test
    void allWhoWaitForANodesAddressShareOneLookup() throws Exception {
        List<CompletableFuture<Outcome<Response>>> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            server.enqueue(new MockResponse.Builder().build());
            waiting.add(begin(rig.attempt(Rig.get("/"), true, Duration.ofMinutes(1))));
        }
        await().atMost(Rig.PATIENCE)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().values())
                        .filteredOn(LookupTest::looksUp)
                        .hasSize(5));
        answers.countDown();
        for (CompletableFuture<Outcome<Response>> answer : waiting) {
            response(get(answer)).close();
        }
        assertThat(lookups).hasValue(1);
        rig.assertClean();
    }

    private static boolean looksUp(StackTraceElement[] stack) {
        return List.of(stack).stream()
                .anyMatch(at -> at.getClassName().equals(NodeAddress.class.getName())
                        && at.getMethodName().equals("lookup"));
    }

    @Test
    void aLookupThatTakesTooLongIsGivenUpAndTheNextAttemptAsksAnew() throws Exception {
        rig.with(ConnectSettings.TIMEOUT, Duration.ofMillis(100));
        for (int i = 1; i <= 2; i++) {
            Rig.Try tried = rig.attempt(Rig.get("/"), true, Duration.ofMinutes(1));
            assertThat(cause(get(begin(tried))))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessageContaining("stock.example: no answer within 100 ms");
            assertThat(lookups).hasValue(i);
        }
        rig.assertClean();
    }
}
