package dev.weft.grpc;

import dev.weft.endpoint.Node;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
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
    private final ReentrantLock renewal = new ReentrantLock();
    private volatile @Nullable Link link;

    NodeChannel(Transport transport, Node node) {
        this.transport = transport;
        this.node = node;
    }

    /**
     * A channel made under this configuration. One that could not connect tries at once, rather than after gRPC's own
     * pause of up to two minutes: whether a node is to be left alone is for ejection to say.
     *
     * @throws IOException where there is no identity to show
     */
    ManagedChannel channel(GrpcConfig config) throws IOException {
        Link seen = link;
        if (seen == null || !seen.config.equals(config)) {
            seen = renew(config);
        }
        if (seen.channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            seen.channel.enterIdle();
        }
        return seen.channel;
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
            Link now = link;
            if (now != null && now.config.equals(config)) {
                return now;
            }
            Link fresh = new Link(config, transport.connect(node, config));
            link = fresh;
            retire(now);
            return fresh;
        } finally {
            renewal.unlock();
        }
    }

    private void retire(@Nullable Link old) {
        if (old != null) {
            transport.retired(old.channel, RETIRED_NANOS);
        }
    }

    @Override
    public void close() {
        renewal.lock();
        try {
            Link last = link;
            link = null;
            if (last != null) {
                last.channel.shutdown();
            }
        } finally {
            renewal.unlock();
        }
        transport.left(this);
    }

    private record Link(GrpcConfig config, ManagedChannel channel) {}
}
