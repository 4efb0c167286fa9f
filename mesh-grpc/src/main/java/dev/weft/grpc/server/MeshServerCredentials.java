package dev.weft.grpc.server;

import dev.weft.identity.ServerTls;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextServerCredentials;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.grpc.netty.shaded.io.netty.handler.ssl.JdkSslContext;

/** The mesh's TLS for a gRPC server (grpc-netty-shaded). */
public final class MeshServerCredentials {
    private MeshServerCredentials() {}

    /**
     * For {@code Grpc.newServerBuilderForPort(port, ...)}. May be kept for ever: each connection is accepted with the
     * identity of that moment. Who calls: {@code tls.client(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION))}.
     */
    public static ServerCredentials of(ServerTls tls) {
        return NettySslContextServerCredentials.create(new JdkSslContext(
                tls.context(),
                false,
                null,
                IdentityCipherSuiteFilter.INSTANCE,
                new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        "h2"),
                // What is asked of clients is the mode's to say, and set already.
                ClientAuth.NONE,
                null,
                false));
    }
}
