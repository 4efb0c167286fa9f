package dev.weft.http;

import dev.weft.policy.Policy;
import dev.weft.stack.HttpProtocol;
import dev.weft.stack.HttpSettings;

/** What policy says of HTTP, as the wire reads it. */
record HttpConfig(int connectMillis, boolean h2c) {
    static HttpConfig of(Policy policy) {
        return new HttpConfig(
                (int) policy.get(HttpSettings.CONNECT_TIMEOUT).toMillis(),
                policy.get(HttpSettings.PROTOCOL) == HttpProtocol.H2C);
    }
}
