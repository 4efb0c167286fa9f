package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.endpoint.StaticResolver;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that go out: once, slowly, while the answer comes in, or by the gigabyte; and what servers say before they want one. */
class RequestBodiesTest {
    private static MeshBuilder mesh(int... ports) {
        String[] addresses = new String[ports.length];
        for (int i = 0; i < ports.length; i++) {
            addresses[i] = "127.0.0.1:" + ports[i];
        }
        return Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", addresses))
                .drain(Duration.ZERO);
    }

    private static Request.Builder request() {
        return new Request.Builder().url("http://inventory/stock");
    }

    private static Response send(MeshHttp http, Request request) throws IOException {
        return http.callFactory().newCall(request).execute();
    }

    // Once.

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT"})
    void aBodyThatCanBeWrittenOnceIsNeverWrittenAgain(String method) throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.setDispatcher(new Dispatcher() {
                @Override
                public MockResponse dispatch(RecordedRequest request) {
                    return new MockResponse.Builder()
                            .code(503)
                            .setHeader("Retry-After", 0)
                            .build();
                }
            });
            server.start();
            try (Mesh mesh = mesh(server.getPort()).set("idempotent", "true").start()) {
                MeshHttp http = MeshHttp.create(mesh);
                send(http, request().method(method, Bodies.oneShot("12345")).build())
                        .close();
                assertThat(server.getRequestCount()).as("written once").isEqualTo(1);
                send(
                                http,
                                request()
                                        .method(method, RequestBody.create("12345", null))
                                        .build())
                        .close();
                assertThat(server.getRequestCount())
                        .as("and three times what can be written again")
                        .isEqualTo(4);
            }
        }
    }

    @Test
    void aBodyThatCanBeWrittenOnceIsNotWrittenForAnAuthenticatorEither() throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.enqueue(new MockResponse.Builder()
                    .code(401)
                    .setHeader("WWW-Authenticate", "Basic realm=\"a\"")
                    .build());
            server.start();
            try (Mesh mesh = mesh(server.getPort()).start();
                    Response response = send(
                            MeshHttp.create(mesh, knowsThePassword()),
                            request().post(Bodies.oneShot("12345")).build())) {
                assertThat(response.code()).isEqualTo(401);
                assertThat(server.getRequestCount()).isEqualTo(1);
            }
        }
    }

    // What a server wants first.

    private static OkHttpClient knowsThePassword() {
        return new OkHttpClient.Builder()
                .authenticator((route, response) -> response.request().header("Authorization") != null
                        ? null
                        : response.request()
                                .newBuilder()
                                .header("Authorization", "Basic c2VjcmV0")
                                .build())
                .build();
    }

    @Test
    void aUsersAuthenticatorAnswersA401WithinTheOneAttempt() throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.enqueue(new MockResponse.Builder()
                    .code(401)
                    .setHeader("WWW-Authenticate", "Basic realm=\"a\"")
                    .body("who?")
                    .build());
            server.enqueue(new MockResponse.Builder().body("welcome").build());
            server.start();
            try (Mesh mesh = mesh(server.getPort()).start()) {
                MeshHttp http = MeshHttp.create(mesh, knowsThePassword());
                try (Response response = send(
                        http, request().post(RequestBody.create("{}", null)).build())) {
                    assertThat(response.body().string()).isEqualTo("welcome");
                }
                assertThat(mesh.clusters().values())
                        .allSatisfy(cluster -> assertThat(cluster.nodes())
                                .allSatisfy(node -> assertThat(node.inFlight()).isZero()));
            }
            server.takeRequest();
            assertThat(server.takeRequest().getHeaders().get("Mesh-Attempt")).isNull();
        }
    }

    @Test
    void a401WithoutAnAuthenticatorIsTheCallersToRead() throws Exception {
        assertStatusReachesTheCaller(401);
    }

    @Test
    void a407OfAServerThatIsNoProxyIsTheCallersToRead() throws Exception {
        assertStatusReachesTheCaller(407);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308, 408, 421})
    void nothingElseMakesOkHttpSendAgainByItself(int status) throws Exception {
        assertStatusReachesTheCaller(status);
    }

    private static void assertStatusReachesTheCaller(int status) throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.enqueue(new MockResponse.Builder()
                    .code(status)
                    .setHeader("Location", "http://elsewhere/")
                    .body("no")
                    .build());
            server.start();
            try (Mesh mesh = mesh(server.getPort()).start();
                    Response response = send(
                            MeshHttp.create(mesh),
                            request().post(RequestBody.create("{}", null)).build())) {
                assertThat(response.code()).isEqualTo(status);
                assertThat(response.body().string()).isEqualTo("no");
                assertThat(server.getRequestCount()).isEqualTo(1);
            }
        }
    }

    @Test
    void aBodyAnnouncedWithExpectContinueIsSentOnceTheServerAgrees() throws Exception {
        RawServer.Manners agrees = peer -> {
            peer.readHead();
            peer.write("HTTP/1.1 100 Continue\r\n\r\n");
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + peer.read(5));
            peer.silence();
        };
        try (RawServer server = new RawServer(agrees);
                Mesh mesh = mesh(server.port()).start();
                Response response = send(MeshHttp.create(mesh), expecting())) {
            assertThat(response.body().string()).isEqualTo("12345");
        }
    }

    @Test
    void aBodyAnnouncedWithExpectContinueIsKeptBackWhereTheServerDeclines() throws Exception {
        RawServer.Manners declines = peer -> {
            peer.readHead();
            peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
            peer.silence();
        };
        try (RawServer server = new RawServer(declines);
                Mesh mesh = mesh(server.port()).start();
                Response response = send(MeshHttp.create(mesh), expecting())) {
            assertThat(response.code()).isEqualTo(413);
            assertThat(response.body().string()).isEqualTo("no");
        }
    }

    @Test
    void aServerThatNeverAgreesIsWaitedForUntilTheDeadline() throws Exception {
        RawServer.Manners silent = peer -> {
            peer.readHead();
            peer.silence();
        };
        try (RawServer server = new RawServer(silent);
                Mesh mesh = mesh(server.port()).set("deadline.total", "300ms").start()) {
            assertThatThrownBy(() -> send(MeshHttp.create(mesh), expecting()))
                    .isInstanceOf(MeshException.class)
                    .extracting(e -> ((MeshException) e).fate())
                    .isEqualTo(Fate.FAILED_DEADLINE);
        }
    }

    private static Request expecting() {
        return request()
                .header("Expect", "100-continue")
                .post(RequestBody.create("12345", null))
                .build();
    }

    // While the answer comes in.

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBodyLeftOpenDoesNotOutliveTheDeadline(boolean answered) throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
            MockResponse.Builder early = new MockResponse.Builder().doNotReadRequestBody();
            server.enqueue(
                    answered
                            ? early.body("x".repeat(10_000))
                                    .throttleBody(1_000, 10, TimeUnit.SECONDS)
                                    .build()
                            : early.onResponseStart(SocketEffect.Stall.INSTANCE).build());
            server.start();
            OkHttpClient patient =
                    new OkHttpClient.Builder().readTimeout(Duration.ZERO).build();
            try (Mesh mesh = mesh(server.getPort())
                    .set("http.protocol", "h2c")
                    .set("deadline.total", "500ms")
                    .start()) {
                Bodies.Duplex open = new Bodies.Duplex();
                Request request = request().post(open).build();
                MeshHttp http = MeshHttp.create(mesh, patient);
                if (answered) {
                    try (Response response = send(http, request)) {
                        assertThatThrownBy(() -> response.body().string()).isInstanceOf(IOException.class);
                    }
                } else {
                    assertThatThrownBy(() -> send(http, request)).isInstanceOf(MeshException.class);
                }
                assertThatThrownBy(() -> {
                            while (true) {
                                open.sink().writeUtf8("more").flush();
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
            assertThat(server.getRequestCount()).isEqualTo(1);
        }
    }

    // By the gigabyte.

    @Test
    void bodiesOfAnySizeStreamThroughAsTheyDoThroughOkHttpAlone() throws Exception {
        long size = 128L << 20;
        AtomicLong received = new AtomicLong();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received.set(read(exchange.getRequestBody()));
            exchange.sendResponseHeaders(200, size);
            try (OutputStream out = exchange.getResponseBody()) {
                byte[] chunk = new byte[1 << 16];
                for (long sent = 0; sent < size; sent += chunk.length) {
                    out.write(chunk);
                }
            }
        });
        server.start();
        int port = server.getAddress().getPort();
        try (Mesh mesh = mesh(port).set("deadline.total", "10m").start()) {
            Request.Builder huge = request().post(Bodies.ofSize(size));
            long alone = allocated(
                    new OkHttpClient(), huge.url("http://127.0.0.1:" + port).build(), size);
            long inTheMesh = allocated(
                    MeshHttp.create(mesh).callFactory(),
                    huge.url("http://inventory/").build(),
                    size);
            assertThat(received).hasValue(size);
            assertThat(inTheMesh)
                    .as("bytes allocated for 128 MB each way, where OkHttp alone takes %d", alone)
                    .isLessThan(alone + (8L << 20));
        } finally {
            server.stop(0);
        }
    }

    /** By the blocking call, all of which runs on this thread. */
    private static long allocated(Call.Factory calls, Request request, long size) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        try (Response response = calls.newCall(request).execute()) {
            assertThat(read(response.body().byteStream())).isEqualTo(size);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static long read(InputStream in) throws IOException {
        byte[] chunk = new byte[1 << 16];
        long read = 0;
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            read += n;
        }
        return read;
    }

    // What is no request at all.

    @Test
    void anIllegalHeaderIsTheCallersErrorBeforeAnythingIsSent() {
        assertThatThrownBy(() -> request().header("X-Note", "two\nlines"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("X-Note");
        assertThatThrownBy(() -> request().header("Authorization", "top\nsecret"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }
}
