package dev.weft.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import dev.weft.http.MeshHttp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Headers;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The cases of W3C's Trace Context suite as it plays them: headers as bytes into a service, which calls another one; what
 * the other gets is looked at. Each rule by itself: {@code W3cTraceContextTest} of mesh-core.
 */
class W3cOverHttpTest {
    private static final String TRACE = "12345678901234567890123456789012";
    private static final String PARENT = "00-" + TRACE + "-1234567890123456-01";

    private final MockWebServer last = new MockWebServer();
    private Mesh mesh = Mesh.builder().start();
    private final HttpServer server;

    W3cOverHttpTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() throws IOException {
        last.start();
        mesh.close();
        mesh = Mesh.builder()
                .resolver(StaticResolver.empty().with("last", "127.0.0.1:" + last.getPort()))
                .drain(Duration.ZERO)
                .start();
        MeshHttp http = MeshHttp.create(mesh);
        server.createContext("/", exchange -> {
                    Request nested = new Request.Builder().url("http://last/").build();
                    try (Response response = http.callFactory().newCall(nested).execute()) {
                        exchange.sendResponseHeaders(response.code(), -1);
                    }
                    exchange.close();
                })
                .getFilters()
                .add(MeshFilter.of(mesh));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        mesh.close();
        last.close();
    }

    /** What the last service gets of what the first was sent. */
    private Headers nested(String... headers) throws Exception {
        last.enqueue(new MockResponse.Builder().code(204).build());
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
            String lines = String.join("\r\n", headers);
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + lines + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            assertThat(in.readLine()).startsWith("HTTP/1.1 204");
        }
        return last.takeRequest().getHeaders();
    }

    private String state(String... tracestates) throws Exception {
        Headers seen = nested(Stream.concat(
                        Stream.of("traceparent: " + PARENT),
                        Arrays.stream(tracestates).map(state -> "tracestate: " + state))
                .toArray(String[]::new));
        assertThat(seen.get("traceparent")).as("whatever the tracestate").isEqualTo(PARENT);
        return seen.values("tracestate").isEmpty() ? "" : String.join("|", seen.values("tracestate"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "traceparent: 00-12345678901234567890123456789012-1234567890123456-01",
                "TraceParent: 00-12345678901234567890123456789012-1234567890123456-01",
                "TRACEPARENT:00-12345678901234567890123456789012-1234567890123456-01",
                "traceparent:   00-12345678901234567890123456789012-1234567890123456-01\t ",
                "traceparent: cc-12345678901234567890123456789012-1234567890123456-01",
                "traceparent: cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like"
            })
    void aValidParentGoesOn(String header) throws Exception {
        assertThat(nested(header).values("traceparent")).containsExactly(PARENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "traceparent:",
                "traceparent: garbage",
                "traceparent: ff-12345678901234567890123456789012-1234567890123456-01",
                "traceparent: 0-12345678901234567890123456789012-1234567890123456-01",
                "traceparent: 000-12345678901234567890123456789012-1234567890123456-01",
                "traceparent: 00-00000000000000000000000000000000-1234567890123456-01",
                "traceparent: 00-.2345678901234567890123456789012-1234567890123456-01",
                "traceparent: 00-123456789012345678901234567890123-1234567890123456-01",
                "traceparent: 00-1234567890123456789012345678901-1234567890123456-01",
                "traceparent: 00-ABCDEF78901234567890123456789012-1234567890123456-01",
                "traceparent: 00-12345678901234567890123456789012-0000000000000000-01",
                "traceparent: 00-12345678901234567890123456789012-ABCDEF7890123456-01",
                "traceparent: 00-12345678901234567890123456789012-123456789012345-01",
                "traceparent: 00-12345678901234567890123456789012-1234567890123456-.0",
                "traceparent: 00-12345678901234567890123456789012-1234567890123456-1",
                "traceparent: 00-12345678901234567890123456789012-1234567890123456-01.",
                "traceparent: 00-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
                "traceparent: cc-12345678901234567890123456789012-1234567890123456-01.what-the-future-will-be-like",
                "traceparent: 00_12345678901234567890123456789012_1234567890123456_01",
                "trace-parent: 00-12345678901234567890123456789012-1234567890123456-01",
                "trace.parent: 00-12345678901234567890123456789012-1234567890123456-01",
                "traceparent: 00-12345678901234567890123456789011-1234567890123456-01\r\n"
                        + "traceparent: 00-12345678901234567890123456789012-1234567890123456-01"
            })
    void anInvalidParentDoesNotAndItsStateNeither(String header) throws Exception {
        Headers seen = nested(header, "tracestate: foo=1");
        assertThat(seen.values("traceparent")).isEmpty();
        assertThat(seen.values("tracestate")).isEmpty();
    }

    @Test
    void statesOfManyHeadersAreJoinedInTheirOrder() throws Exception {
        assertThat(state("foo=1,bar=2", "rojo=1,congo=2", "baz=3")).isEqualTo("foo=1,bar=2,rojo=1,congo=2,baz=3");
        assertThat(state("foo=1", "", "bar=2")).isEqualTo("foo=1,bar=2");
        assertThat(state("foo=1 \t , \t bar=2", "\t baz=3 ")).isEqualTo("foo=1,bar=2,baz=3");
        assertThat(state("foo=1,,,bar=2")).isEqualTo("foo=1,bar=2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo=1,foo=2",
                "foo =1",
                "FOO=1",
                "foo@=1,bar=2",
                "@foo=1",
                "foo@@bar=1",
                "foo=bar=baz",
                "foo=",
                "=1",
                "foo"
            })
    void anInvalidStateIsLeftOutAndTheParentGoesOn(String state) throws Exception {
        assertThat(state(state)).isEmpty();
    }

    @Test
    void statesHaveTheirLimits() throws Exception {
        List<String> members = IntStream.range(0, 33)
                .mapToObj(i -> String.format("bar%02d=%02d", i, i))
                .collect(Collectors.toList());
        assertThat(state(String.join(",", members.subList(0, 32)))).isEqualTo(String.join(",", members.subList(0, 32)));
        assertThat(state(String.join(",", members))).isEmpty();
        assertThat(state("z".repeat(256) + "=1")).isEqualTo("z".repeat(256) + "=1");
        assertThat(state("z".repeat(257) + "=1")).isEmpty();
        assertThat(state("t".repeat(241) + "@" + "v".repeat(14) + "=1")).startsWith("tt");
        assertThat(state("t".repeat(242) + "@v=1")).isEmpty();
    }
}
