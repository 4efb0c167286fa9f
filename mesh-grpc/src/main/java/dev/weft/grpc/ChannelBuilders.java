package dev.weft.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;

/**
 * A transport of the application's: how a channel to one endpoint is begun. What gRPC's transports call {@code forTarget}
 * is one: {@code OkHttpChannelBuilder::forTarget}. Thread-safe.
 *
 * @see MeshGrpc#over
 */
@FunctionalInterface
public interface ChannelBuilders {
    /**
     * A new builder each time, with what you set on it.
     *
     * @param target where to connect to: {@code 10.0.0.7:8443}, or a name that gRPC resolves to all addresses of the one
     *     endpoint
     * @param credentials who we are and whom to trust, of the moment: {@link io.grpc.TlsChannelCredentials}, or
     *     {@link io.grpc.InsecureChannelCredentials} where there is to be no TLS. Their trust manager goes by the server's
     *     SPIFFE id; a transport that compares host names beside (OkHttp) is to be given one that takes any
     */
    ManagedChannelBuilder<?> forTarget(String target, ChannelCredentials credentials);
}
