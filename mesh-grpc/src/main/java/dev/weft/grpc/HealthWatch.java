package dev.weft.grpc;

import dev.weft.call.Cancellable;
import dev.weft.call.Prober;
import dev.weft.endpoint.Node;
import dev.weft.health.HealthLayer;
import dev.weft.identity.TlsAbility.Way;
import dev.weft.policy.Policy;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One stream of {@code Health/Watch} (gRFC A17): every status that comes is the server's word. A server that does not
 * implement it is well. It ends with its connection, so that it never keeps one open that is to go.
 */
final class HealthWatch extends ClientCall.Listener<HealthMessages.Status> implements Cancellable {
    private final Transport transport;
    private final Node node;
    private final Policy policy;
    private final Prober.Listener listener;
    private final Progress progress = new Progress();
    /** Held while the stream is begun: whoever has cut it off knows that nothing is connected to after that. */
    private final ReentrantLock beginning = new ReentrantLock();

    private boolean cut;
    private volatile @Nullable Link link;
    private volatile @Nullable ClientCall<String, HealthMessages.Status> stream;
    private volatile boolean told;

    HealthWatch(Transport transport, Node node, Policy policy, Prober.Listener listener) {
        this.transport = transport;
        this.node = node;
        this.policy = policy;
        this.listener = listener;
    }

    void start(Function<Node, NodeChannel> channels) {
        String trouble = null;
        beginning.lock();
        try {
            if (cut) {
                return;
            }
            NodeChannel connected = channels.apply(node);
            GrpcConfig config = GrpcConfig.of(policy, transport.identity());
            boolean plain = connected.tls().way(config.tls()) == Way.PLAIN;
            Link over = connected.link(plain ? config.inPlainText() : config);
            link = over;
            begin(over.channel());
        } catch (IOException | RuntimeException e) {
            trouble = e.toString();
        } finally {
            beginning.unlock();
        }
        if (trouble != null) {
            listener.ended(trouble);
        }
    }

    private void begin(ManagedChannel over) {
        ClientCall<String, HealthMessages.Status> begun =
                over.newCall(HealthMessages.WATCH, CallOptions.DEFAULT.withStreamTracerFactory(progress));
        stream = begun;
        begun.start(this, new Metadata());
        begun.sendMessage(policy.get(HealthLayer.SERVICE));
        begun.halfClose();
        begun.request(2);
    }

    @Override
    public void cancel() {
        beginning.lock();
        try {
            cut = true;
        } finally {
            beginning.unlock();
        }
        cutStream();
    }

    private void cutStream() {
        ClientCall<String, HealthMessages.Status> open = stream;
        if (open != null) {
            open.cancel("no longer watched", null);
        }
    }

    @Override
    public void onMessage(HealthMessages.Status status) {
        Link over = link;
        if (!told && over != null) {
            told = true;
            over.node().onDisconnect(over.channel(), this::cutStream);
        }
        listener.told(status == HealthMessages.Status.SERVING ? null : "it says " + status);
        ClientCall<String, HealthMessages.Status> open = stream;
        if (open != null) {
            open.request(1);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (status.getCode() == Status.Code.UNIMPLEMENTED) {
            listener.ended(null);
            return;
        }
        Link over = link;
        Status why = over == null ? status : over.explained(status, progress);
        listener.ended("its watch ended: " + why.getCode()
                + (why.getDescription() == null ? "" : ", " + why.getDescription()));
    }
}
