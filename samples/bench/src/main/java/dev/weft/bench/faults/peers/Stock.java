package dev.weft.bench.faults.peers;

import com.google.protobuf.BytesValue;
import com.google.protobuf.StringValue;
import dev.weft.bench.load.Unary;
import dev.weft.call.MeshException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One unary call of a method without side effects, as its definition says. */
final class Stock implements StreamObserver<BytesValue> {
    private static final MethodDescriptor<StringValue, BytesValue> METHOD =
            Unary.STOCK.toBuilder().setSafe(true).setIdempotent(true).build();

    private final Peer.Done done;

    private Stock(Peer.Done done) {
        this.done = done;
    }

    static void call(Channel channel, Duration deadline, Peer.Done done) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
        ClientCalls.asyncUnaryCall(channel.newCall(METHOD, options), Unary.REQUEST, new Stock(done));
    }

    @Override
    public void onNext(BytesValue message) {}

    @Override
    public void onError(Throwable thrown) {
        boolean refused = thrown.getCause() instanceof MeshException own
                && own.fate().name().startsWith("REJECTED");
        done.done(refused ? Peer.Ending.REJECTED : Peer.Ending.FAILED);
    }

    @Override
    public void onCompleted() {
        done.done(Peer.Ending.OK);
    }
}
