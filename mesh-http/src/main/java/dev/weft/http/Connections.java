package dev.weft.http;

import dev.weft.endpoint.Endpoint;
import dev.weft.identity.ClientTls;
import dev.weft.time.Time;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one endpoint and the addresses that it had then, made under one configuration and one identity, and the
 * clients that share them. Of several addresses the first that answers is used (RFC 8305).
 */
final class Connections {
    private static final int TLS = 1;
    private static final int UNBOUNDED = 2;

    private final HttpConfig config;
    private final List<String> addresses;
    private final ConnectionPool pool;
    private final BaseClient base;
    private final Dispatcher dispatcher;
    private final NodeAddress address;
    private final NodeSockets sockets;
    private final boolean named;
    private final @Nullable ClientTls tls;
    private final AtomicReferenceArray<OkHttpClient> clients = new AtomicReferenceArray<>((TLS | UNBOUNDED) + 1);

    /** @param tls the mesh's own, or null to leave https to the user's client */
    Connections(
            BaseClient base,
            Endpoint endpoint,
            HttpConfig config,
            ConnectionPool pool,
            ExecutorService threads,
            Time time,
            @Nullable ClientTls tls) {
        this.dispatcher = new Dispatcher(threads);
        // Limits are policy's.
        dispatcher.setMaxRequests(Integer.MAX_VALUE);
        dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
        this.config = config;
        this.addresses = endpoint.addresses();
        this.pool = pool;
        this.tls = tls;
        this.base = base;
        this.address = new NodeAddress(endpoint, base.client(false).dns(), threads, time, config.connectMillis());
        this.sockets = new NodeSockets(endpoint.port(), config.connectMillis());
        this.named = !Endpoint.isIp(endpoint.host());
    }

    HttpConfig config() {
        return config;
    }

    /** Whether they are what a call under this configuration wants: an address that has gone is not to be used. */
    boolean fit(HttpConfig wanted, Endpoint endpoint) {
        return Objects.equals(config, wanted) && addresses.equals(endpoint.addresses());
    }

    ConnectionPool pool() {
        return pool;
    }

    /** How long whoever begins now may take to have one: the name, the connection, the handshake, and as much to spare. */
    long longestConnectNanos() {
        return TimeUnit.MILLISECONDS.toNanos(config.connectMillis()) * 4;
    }

    /** To be told of each attempt that is sent in plain text where policy would rather have TLS. */
    void sentPlaintext() {
        if (tls != null) {
            tls.sentPlaintext();
        }
    }

    /**
     * @param https whether the URL is one of https
     * @param bounded whether the call has a deadline, which makes OkHttp's own time-outs needless
     */
    OkHttpClient client(boolean https, boolean bounded) {
        int kind = (https ? TLS : 0) | (bounded ? 0 : UNBOUNDED);
        OkHttpClient client = clients.get(kind);
        if (client == null) {
            // Losing a race is harmless: the connections are the pool's.
            client = build(https, bounded);
            clients.set(kind, client);
        }
        return client;
    }

    private OkHttpClient build(boolean https, boolean bounded) {
        OkHttpClient from = base.client(https && tls == null);
        OkHttpClient.Builder builder = from.newBuilder()
                .connectionPool(pool)
                .dispatcher(dispatcher)
                .dns(address)
                .socketFactory(sockets)
                .connectTimeout(config.connectMillis(), TimeUnit.MILLISECONDS)
                // One address is connected to on the thread that is here already.
                .fastFallback(named);
        if (bounded) {
            builder.readTimeout(0, TimeUnit.MILLISECONDS).writeTimeout(0, TimeUnit.MILLISECONDS);
        }
        // OkHttp copies both lists for each call, so they hold no more than the scheme has use for.
        List<ConnectionSpec> specs = from.connectionSpecs().stream()
                .filter(spec -> spec.isTls() == https)
                .toList();
        if (!specs.isEmpty()) {
            builder.connectionSpecs(specs);
        } else if (tls != null && https) {
            builder.connectionSpecs(List.of(ConnectionSpec.MODERN_TLS));
        }
        if (!https) {
            builder.protocols(List.of(config.h2c() ? Protocol.H2_PRIOR_KNOWLEDGE : Protocol.HTTP_1_1));
        } else if (tls != null) {
            builder.sslSocketFactory(tls.socketFactory(), tls.trustManager()).hostnameVerifier(tls.hostnameVerifier());
        }
        return builder.build();
    }
}
