package dev.weft.grpc;

import io.grpc.NameResolver;
import io.grpc.netty.shaded.io.netty.handler.ssl.DelegatingSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * How one channel connects: within what time, and whether its peer is found to speak TLS meanwhile. gRPC tells of a
 * connection that failed, but not how far it got. Thread-safe.
 */
final class Connecting {
    /** How a channel's own balancing policy gets it. */
    static final NameResolver.Args.Key<Connecting> KEY = NameResolver.Args.Key.create("weft-connecting");

    private final int limitMillis;
    /** One for each peer that was connected to and sent a hello, since connecting began. */
    private final Queue<SSLEngine> hellos = new ConcurrentLinkedQueue<>();

    /** @param limitMillis for one address: TCP, TLS and the first word of HTTP/2 together */
    Connecting(int limitMillis) {
        this.limitMillis = limitMillis;
    }

    int limitMillis() {
        return limitMillis;
    }

    /** That context, whose handshakes this follows. */
    SslContext follow(SslContext context) {
        return new DelegatingSslContext(context) {
            @Override
            protected void initEngine(SSLEngine engine) {
                hellos.add(engine);
            }
        };
    }

    /** It connects anew. */
    void begin() {
        hellos.clear();
    }

    /** Whether somebody was connected to and sent a hello, and nobody has come to an end of his handshake. */
    boolean inHandshake() {
        return !hellos.isEmpty() && hellos.stream().noneMatch(Connecting::done);
    }

    private static boolean done(SSLEngine engine) {
        try {
            return engine.getSession().getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
    }
}
