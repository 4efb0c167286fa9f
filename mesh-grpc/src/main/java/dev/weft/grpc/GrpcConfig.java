package dev.weft.grpc;

import dev.weft.identity.IdPattern;
import dev.weft.identity.TlsMode;
import dev.weft.identity.TlsSettings;
import dev.weft.policy.Policy;
import dev.weft.stack.ConnectSettings;
import java.util.List;

/** What policy says of the connections to a service; where it changes, they are made anew. */
record GrpcConfig(int connectMillis, TlsMode tls, List<IdPattern> serverIds) {
    /** @param identity whether this process has one; without, the mesh adds no TLS */
    static GrpcConfig of(Policy policy, boolean identity) {
        return new GrpcConfig(
                (int) policy.get(ConnectSettings.TIMEOUT).toMillis(),
                identity ? policy.get(TlsSettings.MODE) : TlsMode.OFF,
                policy.get(TlsSettings.SERVER_ID));
    }

    /** The same without TLS. */
    GrpcConfig inPlainText() {
        return new GrpcConfig(connectMillis, TlsMode.OFF, serverIds);
    }
}
