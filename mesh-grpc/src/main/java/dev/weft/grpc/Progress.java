package dev.weft.grpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/** How far one attempt got, as the transport tells it: what decides whether it may be made again. */
final class Progress extends ClientStreamTracer.Factory {
    private volatile boolean atCredentials;
    private volatile boolean created;
    private volatile boolean sent;
    private volatile boolean headers;
    private volatile boolean trailers;

    /** As given, and this hears how far it gets with them. */
    CallOptions of(CallOptions options) {
        CallOptions followed = options.withStreamTracerFactory(this);
        return options.getCredentials() instanceof CredentialsAtHome credentials
                ? followed.withCallCredentials(credentials.followedBy(this))
                : followed;
    }

    void atCredentials(boolean now) {
        atCredentials = now;
    }

    /** Whether the application's credentials were asked for and have not been given, or have failed: it was not sent. */
    boolean atCredentials() {
        return atCredentials;
    }

    /** Whether a connection has it, which may send it at any moment. */
    boolean created() {
        return created;
    }

    /** Whether anything of the request may have gone out, where this side has not cut it off. */
    boolean sent() {
        return sent;
    }

    /** Whether the server's headers came. */
    boolean headers() {
        return headers;
    }

    /** Whether the status is the server's own word. */
    boolean trailers() {
        return trailers;
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata outgoing) {
        return new ClientStreamTracer() {
            @Override
            public void streamCreated(Attributes transport, Metadata headers) {
                created = true;
            }

            @Override
            public void outboundHeaders() {
                sent = true;
            }

            @Override
            public void inboundHeaders() {
                headers = true;
            }

            @Override
            public void inboundTrailers(Metadata received) {
                trailers = true;
            }
        };
    }
}
