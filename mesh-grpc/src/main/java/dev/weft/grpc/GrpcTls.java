package dev.weft.grpc;

import dev.weft.identity.ClientTls;
import dev.weft.identity.PeerRefused;
import io.grpc.ChannelCredentials;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslSessionContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards one service by gRPC's own engine: a context for each identity, in which no connection resumes the session
 * of another. A resumed session asks neither who we are now nor who the server is. Thread-safe.
 */
final class GrpcTls {
    private static final int MAX_DEPTH = 10;

    private final ClientTls tls;
    private final AtomicInteger renewals = new AtomicInteger();
    private volatile @Nullable SslContext current;

    GrpcTls(ClientTls tls) {
        this.tls = tls;
    }

    /** The identity is another now. */
    void renew() {
        renewals.incrementAndGet();
        current = null;
    }

    /** For one channel. */
    ChannelCredentials credentials(Connecting connecting) throws IOException {
        return NettySslContextChannelCredentials.create(connecting.follow(context()));
    }

    /** Two that are made at once are equally good; what is made while the identity changes is not kept. */
    private SslContext context() throws IOException {
        SslContext seen = current;
        if (seen == null) {
            int before = renewals.get();
            SslContext context = GrpcSslContexts.forClient()
                    .keyManager(tls.keyManager())
                    .trustManager(tls.trustManager())
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
            if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
                sessions.setSessionCacheEnabled(false);
            }
            seen = context;
            current = seen;
            if (renewals.get() != before) {
                current = null;
            }
        }
        return seen;
    }

    void sentPlaintext() {
        tls.sentPlaintext();
    }

    /** With who refused whom, where that is why there is no connection. */
    Status explained(Status status) {
        Throwable cause = status.getCause();
        if (cause == null || !(ofTls(cause) || PeerRefused.in(cause) != null)) {
            return status;
        }
        return status.withDescription(tls.explain(cause));
    }

    private static boolean ofTls(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MAX_DEPTH; depth++) {
            if (at instanceof SSLException) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }
}
