package dev.weft.http;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.identity.TlsAbility;
import dev.weft.time.Time;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * OkHttp for one node. Closed by the node, when it has left and its last attempt has ended: then its connections are idle,
 * or soon will be, and no others are touched.
 */
final class NodeClient implements AutoCloseable {
    private static final long RETIRED_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Transport transport;
    private final Node node;
    private final TlsAbility tls;
    private final ReentrantLock renewal = new ReentrantLock();
    private volatile @Nullable Connections connections;

    NodeClient(Transport transport, Node node) {
        this.transport = transport;
        this.node = node;
        this.tls = new TlsAbility(node, transport.keyring(), transport.time());
    }

    /** Connections to the node's addresses of now, made under this configuration; others are left. */
    Connections connections(HttpConfig config) {
        Connections seen = connections;
        return seen != null && seen.fit(config, node.endpoint()) ? seen : renew(seen, config);
    }

    /** After a rotation of identities: new calls get new connections, those under way keep theirs until they end. */
    void renew() {
        Connections seen = connections;
        if (seen != null) {
            renew(seen, seen.config());
        }
    }

    private Connections renew(@Nullable Connections old, HttpConfig config) {
        Connections fresh;
        renewal.lock();
        try {
            Connections now = connections;
            Endpoint endpoint = node.endpoint();
            if (now != old && now != null && now.fit(config, endpoint)) {
                return now;
            }
            fresh = transport.connect(node.service(), endpoint, config);
            old = now;
            connections = fresh;
        } finally {
            renewal.unlock();
        }
        if (old != null) {
            retire(old, Time.plus(transport.time().nanos(), old.longestConnectNanos()));
        }
        return fresh;
    }

    /**
     * A retired pool gets no more calls. What is busy now becomes idle once, and is closed then; so is what those connect yet
     * who had taken it before.
     *
     * @param untilNanos when the last of them is connected
     */
    private void retire(Connections old, long untilNanos) {
        old.pool().evictAll();
        if (old.pool().connectionCount() > 0 || untilNanos - transport.time().nanos() > 0) {
            transport.time().after(RETIRED_LOOK_NANOS, () -> retire(old, untilNanos));
        }
    }

    /** Whether it can do TLS. */
    TlsAbility tls() {
        return tls;
    }

    @Override
    public void close() {
        Connections seen = connections;
        if (seen != null) {
            // An answer that is thrown away may not be closed yet though its attempt has ended.
            retire(seen, transport.time().nanos());
        }
        transport.left(this);
    }
}
