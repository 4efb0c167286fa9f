package dev.weft.grpc;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.identity.ClientTls;
import dev.weft.identity.IdPattern;
import dev.weft.identity.Identity;
import dev.weft.identity.Keyring;
import dev.weft.identity.TlsMode;
import dev.weft.time.Time;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the channels of all nodes have in common. gRPC's own event loop is theirs, shared by the whole process. */
final class Transport implements AutoCloseable {
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final String CLOSED = "the mesh is closed";

    private final Time time;
    private final @Nullable Keyring keyring;
    private final ChannelBuilders builders;
    private final GrpcTls.Engine engine;
    private final ExecutorService threads = daemons();
    private final Set<NodeChannel> nodes = ConcurrentHashMap.newKeySet();
    private final Set<ManagedChannel> channels = ConcurrentHashMap.newKeySet();
    private final Runnable rotated = this::renewAll;
    private final ConcurrentMap<Peer, GrpcTls> tls = new ConcurrentHashMap<>();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private volatile boolean closed;

    /** @param engine whose credentials the builders understand */
    Transport(Time time, @Nullable Keyring keyring, ChannelBuilders builders, GrpcTls.Engine engine) {
        this.time = time;
        this.keyring = keyring;
        this.builders = builders;
        this.engine = engine;
        if (keyring != null) {
            keyring.onRotated(rotated);
        }
    }

    /** When they are shut down, whoever has news for a call tells it himself. */
    private static ExecutorService daemons() {
        AtomicInteger count = new AtomicInteger();
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                60,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "weft-grpc-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                (task, shutDown) -> task.run());
    }

    Time time() {
        return time;
    }

    @Nullable
    Keyring keyring() {
        return keyring;
    }

    void sentPlaintext(String service, GrpcConfig config) {
        GrpcTls ours = tls(service, config);
        if (ours != null) {
            ours.sentPlaintext();
        }
    }

    /** Whether requests go out as they are seen here: what an application's builders add may tell callers apart. */
    boolean seesAll() {
        return builders == OwnNetty.PLAIN;
    }

    boolean identity() {
        return keyring != null;
    }

    /** Who this process is; null while it has no identity. */
    @Nullable
    String caller() {
        Identity now = keyring == null ? null : keyring.current();
        return now == null ? null : now.id().toString();
    }

    ExecutorService threads() {
        return threads;
    }

    NodeChannel channel(Node node) {
        NodeChannel channel = new NodeChannel(this, node);
        nodes.add(channel);
        return channel;
    }

    private void renewAll() {
        tls.values().forEach(GrpcTls::renew);
        nodes.forEach(NodeChannel::renew);
    }

    void left(NodeChannel node) {
        nodes.remove(node);
        sweepLater();
    }

    /** Forgets the channels that have ended: one look at all of them, however many leave within some seconds. */
    private void sweepLater() {
        if (sweeping.compareAndSet(false, true)) {
            time.after(SWEEP_NANOS, () -> threads.execute(this::sweep));
        }
    }

    private void sweep() {
        sweeping.set(false);
        channels.removeIf(ManagedChannel::isTerminated);
        if (channels.stream().anyMatch(ManagedChannel::isShutdown)) {
            sweepLater();
        }
    }

    /** How many channels are held, so that whoever closes this can shut them down. */
    int held() {
        return channels.size();
    }

    /** A new channel to an endpoint of a service; it connects with its first call. */
    ManagedChannel connect(String service, Endpoint endpoint, GrpcConfig config, Connecting connecting)
            throws IOException {
        if (closed) {
            throw new IOException(CLOSED);
        }
        ManagedChannelBuilder<?> builder =
                builders.forTarget(KnownAddresses.target(endpoint), credentials(service, config, connecting));
        if (builder instanceof NettyChannelBuilder netty) {
            netty.withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, config.connectMillis());
        }
        ManagedChannel channel = builder.overrideAuthority(service)
                .disableRetry()
                .disableServiceConfigLookUp()
                .defaultLoadBalancingPolicy(FirstToConnect.policy())
                .setNameResolverArg(Connecting.KEY, connecting)
                .proxyDetector(address -> null)
                .executor(threads)
                .offloadExecutor(threads)
                .build();
        channels.add(channel);
        if (closed) {
            channel.shutdownNow();
            throw new IOException(CLOSED);
        }
        return channel;
    }

    /** Takes no new calls when that time has passed, and ends with its last one. */
    void retired(ManagedChannel channel, long afterNanos) {
        time.after(
                afterNanos,
                () -> threads.execute(() -> {
                    channel.shutdown();
                    sweepLater();
                }));
    }

    private ChannelCredentials credentials(String service, GrpcConfig config, Connecting connecting)
            throws IOException {
        GrpcTls ours = tls(service, config);
        return ours == null ? InsecureChannelCredentials.create() : ours.credentials(connecting);
    }

    private @Nullable GrpcTls tls(String service, GrpcConfig config) {
        Keyring ours = keyring;
        if (ours == null || config.tls() == TlsMode.OFF) {
            return null;
        }
        return tls.computeIfAbsent(
                new Peer(service, config.serverIds()),
                peer -> new GrpcTls(new ClientTls(ours, peer.service, peer.ids, time), engine));
    }

    Status explain(String service, GrpcConfig config, Status status) {
        GrpcTls ours = tls(service, config);
        return ours == null ? status : ours.explained(status);
    }

    @Override
    public void close() {
        if (keyring != null) {
            keyring.removeOnRotated(rotated);
        }
        closed = true;
        channels.forEach(ManagedChannel::shutdownNow);
        channels.clear();
        threads.shutdown();
    }

    private record Peer(String service, List<IdPattern> ids) {}
}
