package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.call.Filter;
import dev.weft.call.Success;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import dev.weft.stack.Fit;
import dev.weft.stack.Slot;
import dev.weft.stack.Stackable;
import java.time.Duration;
import java.util.function.UnaryOperator;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.ForwardingSource;
import okio.Okio;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a real answer, body and connection, that a user's filter changes, replaces or throws over. */
class FilteredAnswersTest {
    private final MockWebServer server = new MockWebServer();

    @BeforeEach
    void start() throws Exception {
        server.start();
        server.enqueue(new MockResponse.Builder().body("x".repeat(1_000_000)).build());
        server.enqueue(new MockResponse.Builder().body("next").build());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Calls through a filter that does that to answers, and once more, over the same connection if it is free. */
    private String callTwice(UnaryOperator<Response> change) throws Exception {
        int[] answers = {0};
        try (Mesh mesh = Mesh.builder()
                .drain(Duration.ZERO)
                .resolver(StaticResolver.empty().with("inventory", "127.0.0.1:" + server.getPort()))
                .stack(stack -> stack.before(
                        Slot.RETRY, new Changing(answer -> answers[0]++ == 0 ? change.apply(answer) : answer)))
                .start()) {
            MeshHttp http = MeshHttp.create(mesh);
            Request request =
                    new Request.Builder().url("http://inventory/stock/1").build();
            String read;
            try (Response response = http.callFactory().newCall(request).execute()) {
                read = response.body().string();
            } finally {
                await().atMost(Rig.PATIENCE)
                        .untilAsserted(() -> assertThat(mesh.clusters().values())
                                .allMatch(cluster -> cluster.nodes().stream().allMatch(node -> idle(node))));
            }
            try (Response response = http.callFactory().newCall(request).execute()) {
                assertThat(response.body().string()).isEqualTo("next");
            }
            return read;
        }
    }

    private static boolean idle(Node node) {
        return node.inFlight() == 0;
    }

    @Test
    void aBodyThatIsReadThroughAnotherIsTheCallersToClose() throws Exception {
        String read = callTwice(answer -> answer.newBuilder()
                .header("X-Read", "through another")
                .body(ResponseBody.create(
                        Okio.buffer(new ForwardingSource(answer.body().source()) {}),
                        answer.body().contentType(),
                        answer.body().contentLength()))
                .build());
        assertThat(read).hasSize(1_000_000);
    }

    @Test
    void anAnswerInPlaceOfTheServicesFreesItsConnection() throws Exception {
        String read = callTwice(answer -> new Response.Builder()
                .request(answer.request())
                .protocol(Protocol.HTTP_1_1)
                .code(200)
                .message("from the shelf")
                .body(ResponseBody.create("instead", null))
                .build());
        assertThat(read).isEqualTo("instead");
    }

    @Test
    void anAnswerThatAFilterThrowsOverFreesItsConnection() {
        assertThatThrownBy(() -> callTwice(answer -> {
                    throw new IllegalStateException("a bug of the user's");
                }))
                .hasMessage("a bug of the user's");
    }

    /** Changes answers of HTTP. */
    private record Changing(UnaryOperator<Response> change) implements Stackable {
        @Override
        public String name() {
            return "changing";
        }

        @Override
        @SuppressWarnings("unchecked") // R is OkHttp's response here
        public <R> Filter<R> filter(Fit<R> fit) {
            return (call, next) -> next.call(call)
                    .then(
                            call,
                            (c, outcome) -> outcome instanceof Success<R> success
                                    ? new Success<>((R) change.apply((Response) success.value()))
                                    : outcome);
        }
    }
}
