package dev.weft.http;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.identity.ClientTls;
import dev.weft.identity.IdPattern;
import dev.weft.identity.Identity;
import dev.weft.identity.Keyring;
import dev.weft.identity.TlsMode;
import dev.weft.time.Time;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import org.jspecify.annotations.Nullable;

/** What the clients of all nodes have in common. */
final class Transport implements AutoCloseable {
    private static final int MAX_IDLE = 1024;
    private static final long KEEP_ALIVE_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final BaseClient base;
    private final Time time;
    private final @Nullable Keyring keyring;
    private final Housekeeping housekeeping;
    private final ExecutorService threads = Threads.perCall("weft-http");
    private final Set<NodeClient> clients = ConcurrentHashMap.newKeySet();
    private final Runnable rotated = this::renewAll;
    private final ConcurrentMap<Peer, ClientTls> tls = new ConcurrentHashMap<>();

    Transport(BaseClient base, Time time, @Nullable Keyring keyring) {
        this.base = base;
        this.time = time;
        this.keyring = keyring;
        this.housekeeping = new Housekeeping(time);
        if (keyring != null) {
            keyring.onRotated(rotated);
        }
    }

    /** Whether nothing of the application's own adds to requests below the stack. */
    boolean seesAll() {
        return base.seesAll();
    }

    Time time() {
        return time;
    }

    boolean identity() {
        return keyring != null;
    }

    @Nullable
    Keyring keyring() {
        return keyring;
    }

    /** Who this process is; null while it has no identity. */
    @Nullable
    String caller() {
        Identity now = keyring == null ? null : keyring.current();
        return now == null ? null : now.id().toString();
    }

    String explain(String service, HttpConfig config, Throwable failure) {
        ClientTls ours = tls(service, config);
        return ours == null ? ClientTls.explain(service, failure) : ours.explain(failure);
    }

    ExecutorService threads() {
        return threads;
    }

    NodeClient client(Node node) {
        NodeClient client = new NodeClient(this, node);
        clients.add(client);
        return client;
    }

    private void renewAll() {
        clients.forEach(NodeClient::renew);
    }

    void left(NodeClient client) {
        clients.remove(client);
    }

    /** New connections to an endpoint. */
    Connections connect(String service, Endpoint endpoint, HttpConfig config) {
        ConnectionPool pool = housekeeping.pool(MAX_IDLE, KEEP_ALIVE_NANOS);
        return new Connections(base, endpoint, config, pool, threads, time, tls(service, config));
    }

    private @Nullable ClientTls tls(String service, HttpConfig config) {
        Keyring ours = keyring;
        if (ours == null || config.tls() == TlsMode.OFF) {
            return null;
        }
        return tls.computeIfAbsent(
                new Peer(service, config.serverIds()), peer -> new ClientTls(ours, peer.service, peer.ids, time));
    }

    @Override
    public void close() {
        if (keyring != null) {
            keyring.removeOnRotated(rotated);
        }
        housekeeping.close();
        threads.shutdown();
    }

    private record Peer(String service, List<IdPattern> ids) {}
}
