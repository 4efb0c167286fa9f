package dev.weft.grpc;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.identity.TlsAbility;
import dev.weft.identity.TlsMode;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The channel to one node, and those before it whose streams go on. Closed by the node, when it has left and its last
 * attempt has ended.
 */
final class NodeChannel implements AutoCloseable {
    /** For whoever took the old channel a moment ago and has not begun his call on it. */
    private static final long RETIRED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Transport transport;
    private final Node node;
    private final TlsAbility tls;
    private final ReentrantLock renewal = new ReentrantLock();
    private volatile @Nullable Link link;
    /** Whose loss somebody wants to hear of, and who. */
    private final AtomicReference<@Nullable ManagedChannel> attended = new AtomicReference<>();

    private volatile @Nullable Runnable disconnected;

    NodeChannel(Transport transport, Node node) {
        this.transport = transport;
        this.node = node;
        this.tls = new TlsAbility(node, transport.keyring(), transport.time());
    }

    /**
     * A channel to the node's addresses of now, made under this configuration.
     *
     * @throws IOException where there is no identity to show
     */
    Link link(GrpcConfig config) throws IOException {
        Link seen = link;
        if (seen == null || !seen.fits(config, node.endpoint()) || !seen.usable()) {
            seen = renew(config);
        }
        return seen;
    }

    /**
     * Has {@code action} run once the connected channel loses its connection or is given up: by a GOAWAY, by a rotation, at
     * the end. There is one such action, the last.
     */
    void onDisconnect(ManagedChannel channel, Runnable action) {
        disconnected = action;
        if (attended.getAndSet(channel) != channel) {
            channel.notifyWhenStateChanged(ConnectivityState.READY, () -> {
                attended.compareAndSet(channel, null);
                Runnable told = disconnected;
                if (told != null) {
                    told.run();
                }
            });
        }
    }

    /** Where the node is. */
    String address() {
        return node.address();
    }

    /** Whether it can do TLS. */
    TlsAbility tls() {
        return tls;
    }

    /** What an end without an answer means, with who refused whom. */
    Status explained(GrpcConfig config, Status why) {
        return transport.explain(node.service(), config, why);
    }

    /**
     * No connection could be made. The next attempt tries at once: whether a node is to be left alone is for ejection to
     * say.
     */
    void unreachable(Link over, Status why) {
        HandshakeFailed failed = HandshakeFailed.of(why);
        if (failed != null && over.config().tls() == TlsMode.PERMISSIVE) {
            tls.denied(failed);
        }
        Link now = link;
        if (now != null && now.channel() == over.channel() && over.failed().compareAndSet(false, true)) {
            over.channel().enterIdle();
        }
    }

    /** After a rotation of identities: new calls get a new connection, those under way keep theirs until they end. */
    void renew() {
        renewal.lock();
        try {
            Link old = link;
            link = null;
            retire(old);
        } finally {
            renewal.unlock();
        }
    }

    private Link renew(GrpcConfig config) throws IOException {
        renewal.lock();
        try {
            Endpoint endpoint = node.endpoint();
            Link now = link;
            if (now != null && now.fits(config, endpoint) && now.usable()) {
                return now;
            }
            Connecting connecting = new Connecting(config.connectMillis());
            Link fresh = new Link(
                    this,
                    config,
                    endpoint.addresses(),
                    transport.connect(node.service(), endpoint, config, connecting),
                    connecting,
                    new AtomicBoolean());
            link = fresh;
            retire(now);
            return fresh;
        } finally {
            renewal.unlock();
        }
    }

    private void retire(@Nullable Link old) {
        if (old != null) {
            transport.retired(old.channel(), RETIRED_NANOS);
        }
    }

    @Override
    public void close() {
        renewal.lock();
        try {
            Link last = link;
            link = null;
            if (last != null) {
                last.channel().shutdown();
            }
        } finally {
            renewal.unlock();
        }
        transport.left(this);
    }
}
