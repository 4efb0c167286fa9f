package dev.weft.grpc.server;

import io.grpc.ServerCall;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/** Has a call handled in the context that it came with. */
@SuppressWarnings("try") // a scope is there to be closed
final class InContext<Q> extends ServerCall.Listener<Q> {
    private final ServerCall.Listener<Q> handler;
    private final Context context;

    InContext(ServerCall.Listener<Q> handler, Context context) {
        this.handler = handler;
        this.context = context;
    }

    @Override
    public void onMessage(Q message) {
        try (Scope scope = context.makeCurrent()) {
            handler.onMessage(message);
        }
    }

    @Override
    public void onHalfClose() {
        try (Scope scope = context.makeCurrent()) {
            handler.onHalfClose();
        }
    }

    @Override
    public void onCancel() {
        try (Scope scope = context.makeCurrent()) {
            handler.onCancel();
        }
    }

    @Override
    public void onComplete() {
        try (Scope scope = context.makeCurrent()) {
            handler.onComplete();
        }
    }

    @Override
    public void onReady() {
        try (Scope scope = context.makeCurrent()) {
            handler.onReady();
        }
    }
}
