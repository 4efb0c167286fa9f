package dev.weft.stack;

import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import java.time.Duration;
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
    public static final Setting<Duration> CONNECT_TIMEOUT = Setting.service(
            "http.connectTimeout",
            SettingTypes.duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
            Duration.ofSeconds(1),
            "The time to look a host name up, and again to connect. A call's own deadline, where it is nearer, wins.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(PROTOCOL, CONNECT_TIMEOUT);

    private HttpSettings() {}
}
