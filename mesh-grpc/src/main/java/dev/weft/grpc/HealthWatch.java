package dev.weft.grpc;

import dev.weft.call.Prober;
import dev.weft.endpoint.Node;
import dev.weft.health.HealthLayer;
import dev.weft.policy.Policy;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One stream of {@code Health/Watch} (gRFC A17): every status that comes is the server's word. A server that does not
 * implement it is well, and not asked again while its connection lasts. It ends with its connection, so that it never keeps
 * one open that is to go.
 */
final class HealthWatch extends HealthAsk {
    private final Prober.Listener listener;
    private volatile boolean unimplemented;
    private volatile boolean told;

    HealthWatch(Transport transport, Node node, Policy policy, Prober.Listener listener) {
        super(transport, node, policy, HealthMessages.WATCH, policy.get(HealthLayer.SERVICE));
        this.listener = listener;
    }

    @Override
    void unstarted(String trouble) {
        listener.ended(trouble);
    }

    @Override
    public void onMessage(HealthMessages.Status status) {
        tell(status == HealthMessages.Status.SERVING ? null : "it says " + status);
        ClientCall<String, HealthMessages.Status> open = stream();
        if (open != null) {
            open.request(1);
        }
    }

    private void tell(@Nullable String trouble) {
        Link over = link();
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
        Link over = link();
        Status why = over == null ? status : over.explained(status, progress());
        listener.ended("its watch ended: " + why.getCode()
                + (why.getDescription() == null ? "" : ", " + why.getDescription()));
    }
}
