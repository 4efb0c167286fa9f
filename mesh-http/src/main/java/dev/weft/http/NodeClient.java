package dev.weft.http;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * OkHttp for one node: clients that go there whatever the URL says, and the connections they share. Closed by the
 * node, when it has left and its last attempt has ended: then all its connections are idle, and no others are touched.
 */
final class NodeClient implements AutoCloseable {
    private static final int TLS = 1;
    private static final int UNBOUNDED = 2;

    private final OkHttpClient base;
    private final Endpoint endpoint;
    private final ConnectionPool pool;
    private volatile Variants variants = new Variants(new HttpConfig(0, false));

    NodeClient(OkHttpClient base, Node node, ConnectionPool pool, ExecutorService threads) {
        Dispatcher dispatcher = new Dispatcher(threads);
        // Limits are policy's.
        dispatcher.setMaxRequests(Integer.MAX_VALUE);
        dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
        this.endpoint = node.endpoint();
        this.pool = pool;
        this.base = base.newBuilder()
                .connectionPool(pool)
                .dispatcher(dispatcher)
                .socketFactory(new NodeSockets(endpoint.port()))
                .build();
    }

    /**
     * @param tls whether the URL is one of https
     * @param bounded whether the call has a deadline, which makes OkHttp's own time-outs needless
     */
    OkHttpClient client(HttpConfig config, boolean tls, boolean bounded) {
        Variants seen = variants;
        if (!seen.config.equals(config)) {
            seen = new Variants(config);
            variants = seen;
        }
        int kind = (tls ? TLS : 0) | (bounded ? 0 : UNBOUNDED);
        OkHttpClient client = seen.clients.get(kind);
        if (client == null) {
            // Losing a race is harmless: connections are the pool's, and the pool is one.
            client = build(config, kind);
            seen.clients.set(kind, client);
        }
        return client;
    }

    private OkHttpClient build(HttpConfig config, int kind) {
        ExecutorService threads = base.dispatcher().executorService();
        OkHttpClient.Builder builder = base.newBuilder()
                .dns(new NodeAddress(endpoint.host(), base.dns(), threads, config.connectMillis()))
                .connectTimeout(config.connectMillis(), TimeUnit.MILLISECONDS);
        if ((kind & UNBOUNDED) == 0) {
            builder.readTimeout(0, TimeUnit.MILLISECONDS).writeTimeout(0, TimeUnit.MILLISECONDS);
        }
        if (config.h2c() && (kind & TLS) == 0) {
            builder.protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        }
        return builder.build();
    }

    ConnectionPool pool() {
        return pool;
    }

    @Override
    public void close() {
        pool.evictAll();
    }

    private static final class Variants {
        final HttpConfig config;
        final AtomicReferenceArray<OkHttpClient> clients = new AtomicReferenceArray<>((TLS | UNBOUNDED) + 1);

        Variants(HttpConfig config) {
            this.config = config;
        }
    }
}
