package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.Deadline;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Those who ask the same at the same time, of a server that answers when it is let to. */
class CollapseOverHttpTest {
    private final MockWebServer server = new MockWebServer();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(1);
    private volatile MockResponse answer =
            new MockResponse.Builder().body("shared").build();
    private Mesh mesh = Mesh.builder().start();
    private Call.Factory calls = MeshHttp.create(mesh).callFactory();

    @BeforeEach
    void start() throws IOException {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                requests.incrementAndGet();
                gate.await(30, TimeUnit.SECONDS);
                return answer;
            }
        });
        server.start();
        mesh(Mesh.builder(), new OkHttpClient());
    }

    private void mesh(MeshBuilder builder, OkHttpClient base) {
        mesh.close();
        mesh = builder.resolver(StaticResolver.empty().with("inventory", "127.0.0.1:" + server.getPort()))
                .metrics(registry)
                .set("collapse.mode", "on")
                .set("hedge.maxExtraLoad", "off")
                .set("ejection.mode", "off")
                .drain(Duration.ofMillis(10))
                .start();
        calls = MeshHttp.create(mesh, base).callFactory();
    }

    @AfterEach
    void stop() {
        gate.countDown();
        await().atMost(Rig.PATIENCE)
                .untilAsserted(() -> assertThat(mesh.clusters().values().stream()
                                .flatMap(cluster -> cluster.nodes().stream())
                                .mapToInt(Node::inFlight)
                                .sum())
                        .isZero());
        mesh.close();
        server.close();
        callers.shutdownNow();
    }

    private static Request get(String... headers) {
        Request.Builder request = new Request.Builder().url("http://inventory/stock/1");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.build();
    }

    private Future<String> ask(Request request) {
        return callers.submit(() -> text(calls.newCall(request)));
    }

    @SuppressWarnings("try") // a scope is there to be closed
    private Future<String> askWithin(Duration limit) {
        return callers.submit(() -> {
            try (Scope scope = Deadline.within(limit)) {
                return text(calls.newCall(get()));
            }
        });
    }

    private static String text(Call call) throws IOException {
        try (Response response = call.execute()) {
            return response.code() + " " + response.body().string();
        }
    }

    private double shared() {
        return registry.get("weft.client.collapse.shared").gauge().value();
    }

    private void awaitRequests(int number) {
        await().atMost(Rig.PATIENCE).until(() -> requests.get() == number);
    }

    /** Until all of them wait for one answer. */
    private List<Future<String>> askTogether(int number) {
        List<Future<String>> asked = new ArrayList<>();
        asked.add(ask(get()));
        awaitRequests(1);
        for (int i = 1; i < number; i++) {
            asked.add(ask(get()));
        }
        await().atMost(Rig.PATIENCE).until(() -> waiting() == number);
        return asked;
    }

    private long waiting() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> List.of(thread.getValue()).stream()
                        .anyMatch(frame -> frame.getClassName().endsWith("CollapseFilter")
                                && frame.getMethodName().equals("await")))
                .count();
    }

    @ParameterizedTest
    @CsvSource({"200", "404", "503"})
    void oneRequestAnswersAll(int status) throws Exception {
        mesh(Mesh.builder().set("retry.attempts", "1"), new OkHttpClient());
        answer = new MockResponse.Builder().code(status).body("shared").build();
        List<Future<String>> asked = askTogether(8);
        gate.countDown();
        for (Future<String> each : asked) {
            assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo(status + " shared");
        }
        assertThat(requests).hasValue(1);
        assertThat(shared()).isEqualTo(7);
        assertThat(registry.getMeters().stream().map(meter -> meter.getId().getTag("fate")))
                .as("what is said of a failure that was shared")
                .doesNotContain(status == 503 ? "success" : "failed_not_retryable");
    }

    @Test
    void whoAsksLaterAsksAnew() throws Exception {
        gate.countDown();
        assertThat(text(calls.newCall(get()))).isEqualTo("200 shared");
        assertThat(text(calls.newCall(get()))).isEqualTo("200 shared");
        assertThat(requests).hasValue(2);
        assertThat(shared()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"Authorization, Bearer ann, Bearer bob", "Cookie, session=1, session=2", "Accept, text/plain, text/html"
    })
    void noTwoCallersWithOtherHeadersShareAnAnswer(String name, String one, String other) throws Exception {
        Future<String> ann = ask(get(name, one));
        Future<String> bob = ask(get(name, other));
        awaitRequests(2);
        gate.countDown();
        ann.get(30, TimeUnit.SECONDS);
        bob.get(30, TimeUnit.SECONDS);
    }

    @Test
    void whereAnInterceptorMayAddCredentialsNothingIsShared() throws Exception {
        mesh(
                Mesh.builder(),
                new OkHttpClient.Builder()
                        .addInterceptor(chain -> chain.proceed(chain.request()))
                        .build());
        Future<String> one = ask(get());
        Future<String> other = ask(get());
        awaitRequests(2);
        gate.countDown();
        one.get(30, TimeUnit.SECONDS);
        other.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aLargeAnswerIsForOneAndTheOthersAskForThemselves() throws Exception {
        mesh(Mesh.builder().set("collapse.maxBody", "4"), new OkHttpClient());
        List<Future<String>> asked = askTogether(3);
        gate.countDown();
        for (Future<String> each : asked) {
            assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo("200 shared");
        }
        assertThat(requests).hasValue(3);
        assertThat(registry.get("weft.client.collapse.alone").gauge().value()).isEqualTo(2);
    }

    @Test
    void whoHasMoreTimeThanTheFirstGetsAnAnswerInIt() throws Exception {
        Future<String> hasty = askWithin(Duration.ofSeconds(3));
        awaitRequests(1);
        Future<String> patient = askWithin(Duration.ofSeconds(30));
        assertThatThrownBy(() -> hasty.get(30, TimeUnit.SECONDS)).hasMessageContaining("deadline");
        awaitRequests(2);
        gate.countDown();
        assertThat(patient.get(30, TimeUnit.SECONDS)).isEqualTo("200 shared");
    }

    @Test
    void whoHasLessTimeThanTheFirstIsToldInTime() throws Exception {
        Future<String> patient = askWithin(Duration.ofSeconds(30));
        awaitRequests(1);
        Future<String> hasty = askWithin(Duration.ofMillis(200));
        assertThatThrownBy(() -> hasty.get(30, TimeUnit.SECONDS)).hasMessageContaining("deadline");
        gate.countDown();
        assertThat(patient.get(30, TimeUnit.SECONDS)).isEqualTo("200 shared");
        assertThat(requests).hasValue(1);
    }

    @Test
    void theFirstMayBeCancelledAndTheOthersHaveTheirAnswer() throws Exception {
        Call first = calls.newCall(get());
        Future<String> cancelled = callers.submit(() -> text(first));
        awaitRequests(1);
        Future<String> other = ask(get());
        await().atMost(Rig.PATIENCE).until(() -> waiting() == 2);
        first.cancel();
        assertThatThrownBy(() -> cancelled.get(30, TimeUnit.SECONDS)).hasMessageContaining("ancel");
        gate.countDown();
        assertThat(other.get(30, TimeUnit.SECONDS)).isEqualTo("200 shared");
        assertThat(requests).hasValue(1);
    }

    @Test
    void whenAllHaveLeftItIsCutOff() throws Exception {
        List<Call> left = new ArrayList<>();
        List<Future<String>> ended = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Call call = calls.newCall(get());
            left.add(call);
            ended.add(callers.submit(() -> text(call)));
        }
        await().atMost(Rig.PATIENCE).until(() -> waiting() == 3);
        awaitRequests(1);
        left.forEach(Call::cancel);
        for (Future<String> each : ended) {
            assertThatThrownBy(() -> each.get(30, TimeUnit.SECONDS)).hasMessageContaining("ancel");
        }
        await().atMost(Rig.PATIENCE)
                .untilAsserted(() -> assertThat(node().inFlight()).isZero());
    }

    private Node node() {
        return Objects.requireNonNull(mesh.clusters().get("inventory")).nodes().get(0);
    }
}
