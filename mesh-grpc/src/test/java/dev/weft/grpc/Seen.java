package dev.weft.grpc;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/** How far one attempt got, as the transport tells it: what decides whether it may be sent again. */
final class Seen extends ClientStreamTracer.Factory {
    volatile boolean sent;
    volatile boolean answered;

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {
            @Override
            public void outboundHeaders() {
                sent = true;
            }

            @Override
            public void inboundHeaders() {
                answered = true;
            }

            @Override
            public void inboundTrailers(Metadata trailers) {
                answered = true;
            }
        };
    }
}
