package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A server may answer as soon as a stream is open: before the client has sent what there was to be sent over it. */
class EarlyAnswerTest {
    private static final int CALLERS = 8;
    private static final int STREAMS = 250;

    private static ServerCall.Listener<String> greeting(ServerCall<String, String> call) {
        call.sendHeaders(new Metadata());
        call.sendMessage("hello");
        call.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(String word) {
                call.sendMessage("heard " + word);
                call.request(1);
            }

            @Override
            public void onHalfClose() {
                call.close(Status.OK, new Metadata());
            }
        };
    }

    /** Of so many at once some callers are always held up between the one and the other. */
    @Test
    void isNoReasonToCutItOffAndLosesNothing() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try (Replica replica = new Replica((call, headers) -> greeting(call));
                Mesh mesh = Mesh.builder()
                        .set("deadline.total", "60s")
                        .resolver(StaticResolver.empty().with("inventory", replica.address()))
                        .start()) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            Callable<Void> talks = () -> {
                for (int i = 0; i < STREAMS; i++) {
                    Collected<String> heard = new Collected<>();
                    StreamObserver<String> words = ClientCalls.asyncBidiStreamingCall(
                            channel.newCall(Replica.TALK, CallOptions.DEFAULT), heard.observer());
                    words.onNext("bolts");
                    words.onCompleted();
                    assertThat(heard.all()).containsExactly("hello", "heard bolts");
                }
                return null;
            };
            List<Future<Void>> talking = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                talking.add(callers.submit(talks));
            }
            for (Future<Void> one : talking) {
                one.get();
            }
        } finally {
            callers.shutdownNow();
        }
    }
}
