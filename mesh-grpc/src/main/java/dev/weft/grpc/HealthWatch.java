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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One stream of {@code Health/Watch} (gRFC A17): every status that comes is the server's word. A server that does not
 * implement it is well, and not asked again while its connection lasts. It ends with its connection, so that it never keeps one open that is to go.
 */
final class HealthWatch extends ClientCall.Listener<HealthMessages.Status> implements Cancellable {
    private final Transport transport;
    private final Node node;
    private final Policy policy;
    private final Prober.Listener listener;
    private final Progress progress = new Progress();
    private volatile boolean cut;
    private volatile boolean unimplemented;
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
        // So that what is connected to in vain is closed: whoever cuts it off meanwhile does not wait for this.
        node.checkStarted();
        try {
            if (!cut) {
                NodeChannel connected = channels.apply(node);
                GrpcConfig config = GrpcConfig.of(policy, transport.identity());
                boolean plain = connected.tls().way(config.tls()) == Way.PLAIN;
                Link over = connected.link(plain ? config.inPlainText() : config);
                link = over;
                begin(over.channel());
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
            listener.ended(trouble);
        }
    }

    private void begin(ManagedChannel over) {
        ClientCall<String, HealthMessages.Status> begun =
                over.newCall(HealthMessages.WATCH, CallOptions.DEFAULT.withStreamTracerFactory(progress));
        begun.start(this, new Metadata());
        stream = begun;
        begun.sendMessage(policy.get(HealthLayer.SERVICE));
        begun.halfClose();
        begun.request(2);
    }

    @Override
    public void cancel() {
        cut = true;
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
        tell(status == HealthMessages.Status.SERVING ? null : "it says " + status);
        ClientCall<String, HealthMessages.Status> open = stream;
        if (open != null) {
            open.request(1);
        }
    }

    private void tell(@Nullable String trouble) {
        Link over = link;
        if (!told && over != null) {
            told = true;
            over.node().onDisconnect(over.channel(), this::disconnected);
        }
        listener.told(trouble);
    }

    private void disconnected() {
        if (unimplemented) {
            listener.ended("its connection ended");
        } else {
            cutStream();
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (status.getCode() == Status.Code.UNIMPLEMENTED) {
            // It is asked again when it is connected to again (gRFC A17): it may be another server then.
            unimplemented = true;
            tell(null);
            return;
        }
        Link over = link;
        Status why = over == null ? status : over.explained(status, progress);
        listener.ended("its watch ended: " + why.getCode()
                + (why.getDescription() == null ? "" : ", " + why.getDescription()));
    }
}
