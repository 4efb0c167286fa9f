package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A calls B over HTTP, B calls C over gRPC, C calls D over HTTP, each a process of its own. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FourProcessesTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private HopProcess a;
    private HopProcess b;
    private HopProcess c;
    private HopProcess d;

    @BeforeAll
    void start() {
        d = new HopProcess("last", "127.0.0.1:1");
        c = new HopProcess("grpc", d.address());
        b = new HopProcess("http", c.address());
        a = new HopProcess("caller", b.address());
    }

    @AfterAll
    void stop() {
        for (HopProcess each : List.of(a, b, c, d)) {
            each.close();
        }
    }

    private record Spans(String trace, String parent, String call, String attempt, String fate) {}

    /** Of the process' latest call: one span for it, and one for its only attempt. */
    private static Spans spans(HopProcess process) {
        List<String[]> ended = process.list("spans");
        String[] call = ended.get(ended.size() - 1);
        String[] attempt = ended.get(ended.size() - 2);
        assertThat(call[0]).isEqualTo("INTERNAL");
        assertThat(attempt[0]).isEqualTo("CLIENT");
        assertThat(attempt[1]).isEqualTo(call[1]);
        assertThat(attempt[3]).as("the attempt's parent").isEqualTo(call[2]);
        return new Spans(call[1], call[3], call[2], attempt[2], call[4]);
    }

    /** What the latest request that came there stood under: trace, span, nanoseconds left, tenant, criticality. */
    private static String[] seen(HopProcess process) {
        List<String[]> all = process.list("seen");
        return all.get(all.size() - 1);
    }

    private static int count(HopProcess process, String what) {
        return process.list(what).size();
    }

    @Test
    void areOneTraceUnderOneDeadlineThatShrinks() {
        int before = count(a, "spans");
        a.ask("/quick");
        await().atMost(SOON).until(() -> count(a, "spans") == before + 2);
        assertThat(a.ask("answer")).isEqualTo("200 done");

        Spans ofA = spans(a);
        Spans ofB = spans(b);
        Spans ofC = spans(c);
        assertThat(List.of(ofB.trace, ofC.trace, seen(d)[0])).containsOnly(ofA.trace);
        assertThat(ofB.parent).isEqualTo(ofA.attempt);
        assertThat(ofC.parent).isEqualTo(ofB.attempt);
        assertThat(seen(d)[1]).isEqualTo(ofC.attempt);

        long leftToB = Long.parseLong(seen(b)[2]);
        long leftToC = Long.parseLong(seen(c)[2]);
        long leftToD = Long.parseLong(seen(d)[2]);
        assertThat(leftToB).isLessThan(Duration.ofSeconds(90).toNanos());
        assertThat(leftToC).isLessThan(leftToB);
        assertThat(leftToD).isLessThan(leftToC).isPositive();

        for (HopProcess each : List.of(b, c, d)) {
            assertThat(seen(each)).endsWith("blue", "sheddable_plus");
        }
    }

    /** B learns of it where it writes to A, C from the stream's reset, D where it writes to C. */
    @Test
    void allGiveUpWhenTheFirstDoes() {
        int before = count(d, "seen");
        a.ask("/slow");
        await().atMost(SOON).until(() -> count(d, "seen") == before + 1);
        assertThat(d.ask("gone")).isEqualTo("0");

        a.ask("cancel");

        await().atMost(SOON).until(() -> d.ask("gone").equals("1"));
        assertThat(b.ask("gone")).isEqualTo("1");
        await().atMost(SOON).untilAsserted(() -> assertThat(spans(c).trace).isEqualTo(seen(d)[0]));
        assertThat(spans(b).fate).isEqualTo("cancelled");
    }

    @Test
    void refuseWhatComesTooLate() throws Exception {
        int before = count(b, "seen") + count(c, "seen") + count(d, "seen");

        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + b.address() + "/quick"))
                                .header("Grpc-Timeout", "1n")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(504);

        ManagedChannel toC =
                NettyChannelBuilder.forTarget(c.address()).usePlaintext().build();
        try {
            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                            MetadataUtils.newAttachHeadersInterceptor(Replica.metadata("grpc-timeout", "1n"))
                                    .interceptCall(Replica.GET, CallOptions.DEFAULT, toC),
                            "/quick"))
                    .hasMessageContaining("DEADLINE_EXCEEDED");
        } finally {
            toC.shutdownNow();
        }

        assertThat(count(b, "seen") + count(c, "seen") + count(d, "seen")).isEqualTo(before);
    }
}
