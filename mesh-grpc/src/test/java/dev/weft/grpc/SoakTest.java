package dev.weft.grpc;

import dev.weft.Mesh;
import dev.weft.call.Cancellable;
import dev.weft.testkit.SoakContract;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;

/** Over gRPC. */
class SoakTest extends SoakContract {
    private static final Metadata.Key<String> USER = Metadata.Key.of("x-user", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    protected Server server() throws IOException {
        return new MoodyServer();
    }

    @Override
    protected String threads() {
        return "weft";
    }

    @Override
    protected Caller caller(Mesh mesh) {
        return new OverGrpc(MeshGrpc.create(mesh).channel("inventory"));
    }

    private record OverGrpc(Channel channel) implements Caller {
        private static Metadata of(String user) {
            Metadata headers = new Metadata();
            headers.put(USER, user);
            return headers;
        }

        @Override
        public boolean call(String item, String user) {
            try {
                return ClientCalls.blockingUnaryCall(
                                ClientInterceptors.intercept(
                                        channel, MetadataUtils.newAttachHeadersInterceptor(of(user))),
                                Replica.GET,
                                CallOptions.DEFAULT,
                                item)
                        .equals("fine");
            } catch (StatusRuntimeException e) {
                return false;
            }
        }

        @Override
        public Cancellable start(String item, String user, Told then) {
            ClientCall<String, String> call = channel.newCall(Replica.GET, CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            then.ended(status.isOk());
                        }
                    },
                    of(user));
            call.request(2);
            call.sendMessage(item);
            call.halfClose();
            return () -> call.cancel("changed its mind", null);
        }
    }
}
