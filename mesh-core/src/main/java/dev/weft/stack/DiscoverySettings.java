package dev.weft.stack;

import dev.weft.endpoint.Endpoint;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import java.time.Duration;
import java.util.List;

/** What policy can say of where a service's endpoints come from. */
public final class DiscoverySettings {
    public static final Setting<List<Endpoint>> ENDPOINTS = Setting.service(
            "discovery.endpoints",
            SettingTypes.listOf(new EndpointType()),
            List.of(),
            "The service's endpoints, written out; in place of what discovery says while the list is not empty.");
    public static final Setting<Duration> WAIT = Setting.service(
            "discovery.wait",
            SettingTypes.duration(Duration.ZERO, Duration.ofMinutes(1)),
            Duration.ofSeconds(5),
            "How long a call waits for discovery's first answer, within its deadline.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(ENDPOINTS, WAIT);

    private DiscoverySettings() {}
}
