package dev.weft.grpc;

import dev.weft.call.Cancellable;
import dev.weft.endpoint.Node;
import dev.weft.identity.TlsAbility.Way;
import dev.weft.policy.Policy;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A call of {@code grpc.health.v1.Health} to one node, over the connection that its calls use. */
abstract class HealthAsk extends ClientCall.Listener<HealthMessages.Status> implements Cancellable {
    private final Transport transport;
    private final Node node;
    private final Policy policy;
    private final MethodDescriptor<String, HealthMessages.Status> method;
    private final String asked;
    private final Progress progress = new Progress();
    private volatile boolean cut;
    private volatile @Nullable Link link;
    private volatile @Nullable ClientCall<String, HealthMessages.Status> stream;

    /** @param asked the name of the service that is asked about; empty for the server */
    HealthAsk(
            Transport transport,
            Node node,
            Policy policy,
            MethodDescriptor<String, HealthMessages.Status> method,
            String asked) {
        this.transport = transport;
        this.node = node;
        this.policy = policy;
        this.method = method;
        this.asked = asked;
    }

    void start(Function<Node, NodeChannel> channels, Metadata headers) {
        String trouble = null;
        // So that what is connected to in vain is closed: whoever cuts it off meanwhile does not wait for this.
        node.checkStarted();
        try {
            if (!cut) {
                NodeChannel connected = channels.apply(node);
                GrpcConfig config = GrpcConfig.of(policy, transport.identity());
                boolean plain = connected.tls().way(config.tls()) == Way.PLAIN;
                Link over = connected.link(plain ? config.inPlainText() : config);
                link = over;
                begin(over.channel(), headers);
            }
        } catch (IOException | RuntimeException e) {
            trouble = e.toString();
        } finally {
            if (cut) {
                cutStream();
            }
            node.checkEnded();
        }
        if (trouble != null) {
            unstarted(trouble);
        }
    }

    private void begin(ManagedChannel over, Metadata headers) {
        ClientCall<String, HealthMessages.Status> begun =
                over.newCall(method, CallOptions.DEFAULT.withStreamTracerFactory(progress));
        begun.start(this, headers);
        stream = begun;
        begun.sendMessage(asked);
        begun.halfClose();
        begun.request(2);
    }

    /** Nothing came of it. */
    abstract void unstarted(String trouble);

    @Override
    public void cancel() {
        cut = true;
        cutStream();
    }

    final void cutStream() {
        ClientCall<String, HealthMessages.Status> open = stream;
        if (open != null) {
            open.cancel("no longer asked", null);
        }
    }

    final @Nullable ClientCall<String, HealthMessages.Status> stream() {
        return stream;
    }

    final @Nullable Link link() {
        return link;
    }

    final Progress progress() {
        return progress;
    }
}
