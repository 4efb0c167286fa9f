package dev.weft.grpc;

import dev.weft.call.Causes;
import dev.weft.identity.ClientTls;
import dev.weft.identity.PeerRefused;
import io.grpc.ChannelCredentials;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS towards one service: credentials for channels, made anew for each identity. Thread-safe. */
final class GrpcTls {
    private final ClientTls tls;
    private final Engine engine;
    private final AtomicInteger renewals = new AtomicInteger();
    private volatile @Nullable Function<Connecting, ChannelCredentials> current;

    GrpcTls(ClientTls tls, Engine engine) {
        this.tls = tls;
        this.engine = engine;
    }

    /** How a transport is told who we are, and whom to trust. */
    interface Engine {
        /** What makes the credentials of each channel under the identity of the moment. */
        Function<Connecting, ChannelCredentials> credentials(ClientTls tls) throws IOException;
    }

    /**
     * For any transport of gRPC's: each channel makes a context of its own of these, so none resumes another's session. How
     * far a handshake got is not seen.
     */
    static Function<Connecting, ChannelCredentials> portable(ClientTls tls) throws IOException {
        ChannelCredentials credentials = TlsChannelCredentials.newBuilder()
                .keyManager(tls.keyManager())
                .trustManager(tls.trustManager())
                .build();
        return connecting -> credentials;
    }

    /** The identity is another now. */
    void renew() {
        renewals.incrementAndGet();
        current = null;
    }

    /** For one channel. Two makers made at once are equally good; one made while the identity changes is not kept. */
    ChannelCredentials credentials(Connecting connecting) throws IOException {
        Function<Connecting, ChannelCredentials> seen = current;
        if (seen == null) {
            int before = renewals.get();
            seen = engine.credentials(tls);
            current = seen;
            if (renewals.get() != before) {
                current = null;
            }
        }
        return seen.apply(connecting);
    }

    void sentPlaintext() {
        tls.sentPlaintext();
    }

    /** With who refused whom, where that is why there is no connection. */
    Status explained(Status status) {
        Throwable cause = status.getCause();
        if (cause == null || (Causes.find(cause, SSLException.class) == null && PeerRefused.in(cause) == null)) {
            return status;
        }
        return status.withDescription(tls.explain(cause));
    }
}
