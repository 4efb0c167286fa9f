package dev.weft.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.call.Deadline;
import dev.weft.call.RetriesSpent;
import dev.weft.testkit.NoShares;
import dev.weft.testkit.ScriptedPolicySource;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter in a real servlet container. */
class MeshServletFilterTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String TRACEPARENT = "00-" + TRACE + "-b7ad6b7169203331-01";

    @TempDir
    Path folder;

    private final ScriptedPolicySource policy = new ScriptedPolicySource();
    private final Mesh mesh = Mesh.builder()
            .policy(policy)
            .rateShares(new NoShares())
            .drain(Duration.ZERO)
            .start();
    private final Tomcat tomcat = new Tomcat();
    private final OkHttpClient client = new OkHttpClient();
    private final List<Context> seen = new CopyOnWriteArrayList<>();

    interface Handling {
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    private int serve(Handling handling) throws LifecycleException {
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        tomcat.setHostname("127.0.0.1");
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        StandardContext application = (StandardContext) tomcat.addContext("", folder.toString());
        // Or it warns of what this JVM does not let it do.
        application.setClearReferencesThreadLocals(false);
        application.setClearReferencesRmiTargets(false);
        ErrorPage page = new ErrorPage();
        page.setErrorCode(500);
        page.setLocation("/error");
        application.addErrorPage(page);
        FilterDef filter = new FilterDef();
        filter.setFilterName("mesh");
        filter.setFilter(MeshServletFilter.of(mesh));
        filter.setAsyncSupported("true");
        application.addFilterDef(filter);
        FilterMap everything = new FilterMap();
        everything.setFilterName("mesh");
        everything.addURLPattern("/*");
        for (DispatcherType type : List.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR)) {
            everything.setDispatcher(type.name());
        }
        application.addFilterMap(everything);
        Wrapper servlet = Tomcat.addServlet(application, "test", new Handler(handling, seen));
        servlet.setAsyncSupported(true);
        application.addServletMappingDecoded("/*", "test");
        tomcat.start();
        return tomcat.getConnector().getLocalPort();
    }

    @AfterEach
    void stop() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
        mesh.close();
    }

    private Response get(int port, String... headers) throws IOException {
        Request.Builder request = new Request.Builder().url("http://127.0.0.1:" + port + "/stock");
        for (int i = 0; i < headers.length; i += 2) {
            request.addHeader(headers[i], headers[i + 1]);
        }
        try (Response response = client.newCall(request.build()).execute()) {
            return response;
        }
    }

    private static Deadline deadline(Context context) {
        return Objects.requireNonNull(Deadline.in(context));
    }

    @Test
    void servletsRunUnderTheCallersDeadlineTraceAndBaggage() throws Exception {
        int port = serve((request, response) -> response.setStatus(204));

        assertThat(get(port, "Grpc-Timeout", "30S", "traceparent", TRACEPARENT, "baggage", "who=me")
                        .code())
                .isEqualTo(204);

        assertThat(deadline(seen.get(0)).remainingNanos())
                .isBetween(1L, Duration.ofSeconds(30).toNanos());
        assertThat(Span.fromContext(seen.get(0)).getSpanContext().getTraceId()).isEqualTo(TRACE);
        assertThat(Baggage.fromContext(seen.get(0)).getEntryValue("who")).isEqualTo("me");
    }

    @Test
    void whatComesFasterThanPolicyAllowsIsToldWhenToComeAgain() throws Exception {
        policy.says("{weft: 1, defaults: {server: {rate: {limit: 1/min, key: \"cookie:session\"}}}}");
        int port = serve((request, response) -> response.setStatus(204));

        assertThat(get(port, "Cookie", "a=b; session=1").code()).isEqualTo(204);
        Response refused = get(port, "Cookie", "session=1");

        assertThat(refused.code()).isEqualTo(429);
        assertThat(Integer.parseInt(refused.header("Retry-After", ""))).isBetween(50, 60);
        assertThat(get(port, "Cookie", "session=2").code()).isEqualTo(204);
        assertThat(seen).as("of three, the servlet saw").hasSize(2);
        await().untilAsserted(() -> assertThat(mesh.admission().underWay()).isZero());
    }

    @ParameterizedTest
    @ValueSource(strings = {"answer", "error", "throw", "async", "again", "timeout"})
    void howeverARequestEndsItIsCountedOnce(String how) throws Exception {
        AtomicInteger times = new AtomicInteger();
        int port = serve((request, response) -> {
            if (times.getAndIncrement() > 0 && !how.equals("again")) {
                response.setStatus(204);
                return;
            }
            switch (how) {
                case "error" -> response.sendError(500);
                case "throw" -> throw new ServletException("as the test wants");
                case "async" -> {
                    AsyncContext async = request.startAsync();
                    assertThat(mesh.admission().underWay()).isEqualTo(1);
                    async.start(async::complete);
                }
                case "again" -> {
                    // Three cycles, the last of which answers at once.
                    if (times.get() < 3) {
                        request.startAsync().dispatch();
                    }
                }
                case "timeout" -> request.startAsync().setTimeout(50);
                default -> response.setStatus(204);
            }
        });

        get(port);

        await().until(() -> mesh.admission().underWay() == 0);
        get(port);
        await().until(() -> mesh.admission().underWay() == 0);
    }

    @Test
    void aRequestWhoseRateCannotBeToldIsNotCountedForEver() throws Exception {
        policy.says("{weft: 1, defaults: {server: {rate: {limit: 1/d, shared: true}}}}");
        int port = serve((request, response) -> {});
        assertThat(get(port).code()).isEqualTo(500);
        await().untilAsserted(() -> assertThat(mesh.admission().underWay()).isZero());
    }

    @Test
    void nothingIsLeftOnTheThreadForTheNextRequest() throws Exception {
        tomcat.getConnector().setProperty("maxThreads", "1");
        int port = serve((request, response) -> response.setStatus(204));

        get(port, "Grpc-Timeout", "30S", "traceparent", TRACEPARENT, "baggage", "who=me");
        get(port);

        assertThat(seen).hasSize(2);
        assertThat(Deadline.in(seen.get(1))).isNull();
        assertThat(Span.fromContext(seen.get(1)).getSpanContext().isValid()).isFalse();
        assertThat(Baggage.fromContext(seen.get(1)).isEmpty()).isTrue();
    }

    @Test
    void aRequestWhoseDeadlineHasPassedIsRefusedAndNotHandled() throws Exception {
        int port = serve((request, response) -> response.setStatus(204));

        Response response = get(port, "Grpc-Timeout", "0m");

        assertThat(response.code()).isEqualTo(504);
        assertThat(response.header("Mesh-Retry")).isEqualTo("no");
        assertThat(seen).isEmpty();
    }

    // An answer whose retries are used up says so, whichever way it is given.

    @Test
    void anAnswerAfterRetriesInVainForbidsMoreOfThem() throws Exception {
        int port = serve((request, response) -> {
            RetriesSpent.tell(Context.current());
            response.setStatus(503);
        });
        assertThat(get(port).header("Mesh-Retry")).isEqualTo("no");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void soDoesAnErrorThatTheContainerTells(boolean withWords) throws Exception {
        int port = serve((request, response) -> {
            RetriesSpent.tell(Context.current());
            if (withWords) {
                response.sendError(503, "later");
            } else {
                response.sendError(503);
            }
        });
        Response response = get(port);
        assertThat(response.code()).isEqualTo(503);
        assertThat(response.header("Mesh-Retry")).isEqualTo("no");
    }

    @Test
    void soDoesTheErrorPageOfAServletThatThrows() throws Exception {
        int port = serve((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                RetriesSpent.tell(Context.current());
                throw new ServletException("as the test wants");
            }
            response.getOutputStream().print("sorry");
        });
        Response response = get(port);
        assertThat(response.code()).isEqualTo(500);
        assertThat(response.header("Mesh-Retry")).isEqualTo("no");
    }

    @Test
    void anAnswerThatIsGoodOrWithoutRetriesInVainForbidsNothing() throws Exception {
        int port = serve((request, response) -> {
            if (request.getHeader("Spent") != null) {
                RetriesSpent.tell(Context.current());
            }
            response.setStatus(Integer.parseInt(request.getHeader("Status")));
        });
        assertThat(get(port, "Status", "503").header("Mesh-Retry")).isNull();
        assertThat(get(port, "Status", "200", "Spent", "yes").header("Mesh-Retry"))
                .isNull();
    }

    // Asynchronous handling.

    @Test
    void whatGoesOnOnAnotherThreadTakesTheContextThere() throws Exception {
        List<Context> later = new CopyOnWriteArrayList<>();
        int port = serve((request, response) -> {
            AsyncContext async = request.startAsync();
            async.start(Context.current().wrap(() -> {
                later.add(Context.current());
                RetriesSpent.tell(Context.current());
                ((HttpServletResponse) async.getResponse()).setStatus(503);
                async.complete();
            }));
        });

        Response response = get(port, "Grpc-Timeout", "30S", "traceparent", TRACEPARENT);

        assertThat(response.code()).isEqualTo(503);
        assertThat(response.header("Mesh-Retry")).isEqualTo("no");
        assertThat(deadline(later.get(0))).isSameAs(deadline(seen.get(0)));
        assertThat(Span.fromContext(later.get(0)).getSpanContext().getTraceId()).isEqualTo(TRACE);
    }

    @Test
    void aRequestThatIsDispatchedAgainKeepsTheDeadlineOfItsArrival() throws Exception {
        int port = serve((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.startAsync().dispatch();
            } else {
                response.setStatus(204);
            }
        });

        assertThat(get(port, "Grpc-Timeout", "30S").code()).isEqualTo(204);

        assertThat(seen).hasSize(2);
        assertThat(deadline(seen.get(1))).isSameAs(deadline(seen.get(0)));
    }

    // What strangers send.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Grpc-Timeout: -5m",
                "Grpc-Timeout: 99999999999999999999S",
                "Grpc-Timeout:",
                "Grpc-Timeout: 1S\r\nGrpc-Timeout: 2S",
                "traceparent: 00-zz-zz-01",
                "traceparent:",
                "traceparent: " + TRACEPARENT + "\r\ntraceparent: " + TRACEPARENT,
                "tracestate: ,,==,\u00e9=\u00e9",
                "baggage: =;;,%%%=%zz,\u00ff=\u00ff",
                "baggage: a=b\r\nbaggage: a=c\r\nbaggage:",
                "b3: 0",
                "b3: x-y-z-",
                "X-B3-TraceId: nonsense\r\nX-B3-SpanId:\r\nX-B3-Sampled: maybe",
                "x-envoy-expected-rq-timeout-ms: soon"
            })
    void noHeaderHoweverMalformedKeepsARequestFromItsServlet(String headers) throws Exception {
        int port = serve((request, response) -> response.setStatus(204));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            assertThat(in.readLine()).startsWith("HTTP/1.1 204");
        }
    }

    /** Does what the test says. */
    private static final class Handler extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient Handling handling;
        private final transient List<Context> seen;

        Handler(Handling handling, List<Context> seen) {
            this.handling = handling;
            this.seen = seen;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            seen.add(Context.current());
            handling.handle(request, response);
        }
    }
}
