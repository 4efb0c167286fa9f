package dev.weft.grpc;

import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.context.Scope;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the application's listener hear what comes, in gRPC's context and the mesh's that it made the call in. Confined to one thread at a
 * time. As with gRPC itself, what the listener throws ends the call, and is logged where nothing is left of it to end.
 */
final class Inbox<A> extends ClientCall.Listener<InputStream> {
    private static final Logger log = LoggerFactory.getLogger(Inbox.class);

    private final MethodDescriptor<?, A> method;
    private final ClientCall.Listener<A> application;
    private final Context context;
    private final io.opentelemetry.context.Context carried;
    private final MeshClientCall<?, A> call;
    private @Nullable Status broken;
    private boolean closing;
    private boolean closed;

    Inbox(
            MethodDescriptor<?, A> method,
            ClientCall.Listener<A> application,
            Context context,
            io.opentelemetry.context.Context carried,
            MeshClientCall<?, A> call) {
        this.method = method;
        this.application = application;
        this.context = context;
        this.carried = carried;
        this.call = call;
    }

    @SuppressWarnings("try") // a scope is there to be closed
    private void tell(String failing, Runnable event) {
        if (broken != null || closed) {
            return;
        }
        Context before = context.attach();
        try (Scope scope = carried.makeCurrent()) {
            event.run();
        } catch (Throwable thrown) {
            if (closing) {
                log.error("{}: the application's listener threw in onClose", method.getFullMethodName(), thrown);
                return;
            }
            Status status = Status.CANCELLED.withCause(thrown).withDescription(failing);
            broken = status;
            call.give(status);
        } finally {
            context.detach(before);
        }
    }

    @Override
    public void onHeaders(Metadata headers) {
        tell("Failed to read headers", () -> application.onHeaders(headers));
    }

    @Override
    public void onMessage(InputStream message) {
        tell("Failed to read message.", () -> application.onMessage(method.parseResponse(message)));
    }

    @Override
    public void onReady() {
        tell("Failed to call onReady.", application::onReady);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        Status given = broken == null && status.isOk() ? null : call.given();
        broken = null;
        boolean again = closed;
        if (!again) {
            closing = true;
            tell(
                    "Failed to close",
                    () -> application.onClose(
                            call.told(given == null ? status : given), given == null ? trailers : new Metadata()));
            closed = true;
            call.ended();
        }
    }
}
