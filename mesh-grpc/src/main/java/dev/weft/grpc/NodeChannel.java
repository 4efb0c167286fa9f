package dev.weft.grpc;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel to one node, and those before it whose streams go on. Closed by the node, when it has left and its last
 * attempt has ended.
 */
final class NodeChannel implements AutoCloseable {
    /** For whoever took the old channel a moment ago and has not begun his call on it. */
    private static final long RETIRED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final Logger log = LoggerFactory.getLogger(NodeChannel.class);
    /** Of an endpoint, where policy is permissive: whether it does TLS. */
    private static final String TLS_METADATA = "tls";
    /** How long a node that could not do TLS is believed to be unable to. */
    private static final long PLAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Transport transport;
    private final Node node;
    private final ReentrantLock renewal = new ReentrantLock();
    private volatile @Nullable Link link;
    private volatile long plainUntilNanos;
    /** Whose loss somebody wants to hear of, and who. */
    private final AtomicReference<@Nullable ManagedChannel> attended = new AtomicReference<>();

    private volatile @Nullable Runnable disconnected;

    NodeChannel(Transport transport, Node node) {
        this.transport = transport;
        this.node = node;
        this.plainUntilNanos = transport.time().nanos();
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

    /**
     * What holds for this node: under a permissive policy by what discovery says of it, else by whether TLS with it was
     * found to be impossible a short while ago.
     */
    GrpcConfig fitting(GrpcConfig config) {
        if (config.tls() != TlsMode.PERMISSIVE) {
            return config;
        }
        String told = node.endpoint().metadata().get(TLS_METADATA);
        boolean plain = "false".equals(told)
                || (!"true".equals(told)
                        && (plainUntilNanos - transport.time().nanos() > 0 || !transport.identityUsable()));
        if (!plain) {
            return config;
        }
        transport.sentPlaintext(node.service(), config);
        return config.inPlainText();
    }

    /** What an end without an answer means, with who refused whom. */
    Status explained(GrpcConfig config, Status why) {
        return transport.explain(node.service(), config, why);
    }

    /**
     * No connection could be made. The next attempt tries at once, where gRPC would pause for up to two minutes: whether a
     * node is to be left alone is for ejection to say. Where there was no TLS, and for no reason of identity, it goes in
     * plain text, if policy lets it.
     */
    void unreachable(Link over, Status why) {
        if (over.config().tls() == TlsMode.PERMISSIVE && GrpcTls.impossible(why)) {
            cannotTls(why);
        }
        Link now = link;
        if (now != null && now.channel() == over.channel() && over.failed().compareAndSet(false, true)) {
            over.channel().enterIdle();
        }
    }

    private void cannotTls(Status why) {
        log.info(
                "{} of {} does not do TLS and is sent plain text for a minute: {}",
                node.address(),
                node.service(),
                why);
        plainUntilNanos = transport.time().nanos() + PLAIN_NANOS;
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
            Link fresh = new Link(
                    this,
                    config,
                    endpoint.addresses(),
                    transport.connect(node.service(), endpoint, config),
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
