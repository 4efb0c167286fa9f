package dev.weft.stack;

import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import java.util.List;

/**
 * What policy can set of HTTP. The words are known to every process that reads the shared policy, whichever transports it
 * has; what they do is the transport's.
 */
public final class HttpSettings {
    public static final Setting<HttpProtocol> PROTOCOL = Setting.service(
            "http.protocol",
            SettingTypes.choice(HttpProtocol.class),
            HttpProtocol.AUTO,
            "auto: HTTP/2 where TLS and the server agree on it, else HTTP/1.1. h2c: HTTP/2 without TLS, for servers that"
                    + " are known to speak it.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(PROTOCOL);

    private HttpSettings() {}
}
