package dev.weft.http;

import dev.weft.identity.IdPattern;
import dev.weft.identity.TlsMode;
import dev.weft.identity.TlsSettings;
import dev.weft.policy.Policy;
import dev.weft.stack.ConnectSettings;
import dev.weft.stack.HttpProtocol;
import dev.weft.stack.HttpSettings;
import java.util.List;

/** What policy says of the connections to a service; where it changes, they are made anew. */
record HttpConfig(int connectMillis, boolean h2c, TlsMode tls, List<IdPattern> serverIds) {
    /** @param identity whether this process has one; without, the mesh adds no TLS */
    static HttpConfig of(Policy policy, boolean identity) {
        return new HttpConfig(
                (int) policy.get(ConnectSettings.TIMEOUT).toMillis(),
                policy.get(HttpSettings.PROTOCOL) == HttpProtocol.H2C,
                identity ? policy.get(TlsSettings.MODE) : TlsMode.OFF,
                policy.get(TlsSettings.SERVER_ID));
    }
}
