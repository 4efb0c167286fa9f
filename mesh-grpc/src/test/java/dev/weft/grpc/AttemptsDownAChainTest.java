package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.server.MeshServerInterceptor;
import dev.weft.http.MeshHttp;
import dev.weft.http.server.MeshFilter;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A call goes over four hops, HTTP and gRPC in turn, and the last of them fails. Every hop would try again; the one before
 * the last does, and tells the others not to.
 */
@Timeout(120)
class AttemptsDownAChainTest {
    private static final int WELL = 100;
    private static final int ILL = 200;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Random random = new Random(10);
    private volatile double failing;

    private final Replica last =
            new Replica((call, headers) -> random.nextDouble() < failing ? failed(call) : Replica.echo(call));

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        last.close();
    }

    private static ServerCall.Listener<String> failed(ServerCall<String, String> call) {
        return Replica.end(call, Status.UNAVAILABLE, new Metadata());
    }

    /** Without the budget's floor, which goes by time, a hop makes one retry for five calls that went well. */
    private Mesh next(String address) {
        Mesh mesh = Mesh.builder()
                .drain(Duration.ZERO)
                .set("deadline.total", "100s")
                .set("retry.budget.perSecond", "0")
                .set("retry.budget.ttl", "60s")
                .set("retry.backoff.base", "1ms")
                .resolver(StaticResolver.empty().with("next", address))
                .start();
        open.add(mesh);
        return mesh;
    }

    private static BooleanSupplier overHttp(Mesh mesh) {
        Call.Factory calls = MeshHttp.create(mesh).callFactory();
        Request request = new Request.Builder().url("http://next/stock").build();
        return () -> {
            try (Response response = calls.newCall(request).execute()) {
                return response.isSuccessful();
            } catch (IOException e) {
                return false;
            }
        };
    }

    private static BooleanSupplier overGrpc(Mesh mesh) {
        Channel channel = MeshGrpc.create(mesh).channel("next");
        return () -> {
            try {
                ClientCalls.blockingUnaryCall(channel, Replica.GET, CallOptions.DEFAULT, "bolts");
                return true;
            } catch (StatusRuntimeException e) {
                return false;
            }
        };
    }

    /** Serves HTTP, and asks the next over gRPC. */
    private String http(String address) throws IOException {
        Mesh mesh = next(address);
        BooleanSupplier asks = overGrpc(mesh);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
                    try (exchange) {
                        exchange.sendResponseHeaders(asks.getAsBoolean() ? 200 : 503, -1);
                    }
                })
                .getFilters()
                .add(MeshFilter.of(mesh));
        server.start();
        open.add(() -> server.stop(0));
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Serves gRPC, and asks the next over HTTP. */
    private String grpc(String address) {
        Mesh mesh = next(address);
        BooleanSupplier asks = overHttp(mesh);
        Replica replica = new Replica(MeshServerInterceptor.of(mesh), (call, headers) -> {
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onHalfClose() {
                    if (asks.getAsBoolean()) {
                        call.sendHeaders(new Metadata());
                        call.sendMessage("there");
                        call.close(Status.OK, new Metadata());
                    } else {
                        call.close(Status.UNAVAILABLE, new Metadata());
                    }
                }
            };
        });
        open.add(replica);
        return replica.address();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.5, 1})
    void areNoMoreThanTheHopBeforeTheLastMakes(double share) throws IOException {
        BooleanSupplier call = overHttp(next(http(grpc(http(last.address())))));
        int requests = 0;
        for (int well = 0; well < WELL; requests++) {
            well += call.getAsBoolean() ? 1 : 0;
        }

        failing = share;
        int failed = 0;
        for (int i = 0; i < ILL; i++, requests++) {
            failed += call.getAsBoolean() ? 0 : 1;
        }

        assertThat(failed).isPositive();
        assertThat(last.asked() / (double) requests)
                .as("attempts at the last hop for each request")
                .isLessThanOrEqualTo(1.2);
        if (share < 1) {
            assertThat(last.asked()).as("retries there are").isGreaterThan(requests);
        }
    }
}
