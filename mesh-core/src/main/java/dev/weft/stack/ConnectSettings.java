package dev.weft.stack;

import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import java.time.Duration;
import java.util.List;

/** What policy can set of connecting to an endpoint, whatever is spoken there. */
public final class ConnectSettings {
    public static final Setting<Duration> TIMEOUT = Setting.service(
            "connect.timeout",
            SettingTypes.duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
            Duration.ofSeconds(1),
            "HTTP: the time to look a host name up, again to connect, and again for a TLS handshake. gRPC: the time to connect"
                    + " to one address, TLS and the first word of HTTP/2 included. A call's own deadline, where it is nearer,"
                    + " wins.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(TIMEOUT);

    private ConnectSettings() {}
}
