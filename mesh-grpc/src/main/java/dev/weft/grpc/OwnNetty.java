package dev.weft.grpc;

import dev.weft.identity.ClientTls;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslSessionContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** The transport where the application brings none: gRPC's shaded Netty, and one TLS context for all endpoints of a service. */
final class OwnNetty {
    /**
     * A server that follows gRPC's defaults closes connections that ask more often than every five minutes. What is sent
     * and not even acknowledged within the time for an answer ends a connection as well, on Linux.
     */
    private static final long KEEP_ALIVE_SECONDS = 330;

    private static final long KEEP_ALIVE_ANSWER_SECONDS = 20;

    /** With nothing of the application's. */
    static final ChannelBuilders PLAIN = builders(builder -> {});

    private OwnNetty() {}

    /** @param more what the application sets on each */
    static ChannelBuilders builders(Consumer<ManagedChannelBuilder<?>> more) {
        return (target, credentials) -> {
            NettyChannelBuilder builder = NettyChannelBuilder.forTarget(target, credentials)
                    .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                    .keepAliveTimeout(KEEP_ALIVE_ANSWER_SECONDS, TimeUnit.SECONDS);
            more.accept(builder);
            return builder;
        };
    }

    /**
     * By gRPC's own engine, in a context in which no connection resumes the session of another. A resumed session asks
     * neither who we are now nor who the server is.
     */
    static Function<Connecting, ChannelCredentials> credentials(ClientTls tls) throws IOException {
        SslContext context = GrpcSslContexts.forClient()
                .keyManager(tls.keyManager())
                .trustManager(tls.trustManager())
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
        }
        return connecting -> NettySslContextChannelCredentials.create(connecting.follow(context));
    }
}
