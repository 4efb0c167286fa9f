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
    public static final Setting<List<String>> SOURCES = Setting.service(
            "discovery.sources",
            SettingTypes.listOf(SettingTypes.text("[A-Za-z0-9_-]+", "the name that the application gave a source")),
            List.of(),
            "Which of the application's sources are asked, the first first; empty leaves it to the application.");
    public static final Setting<Combine> COMBINE = Setting.service(
            "discovery.combine",
            SettingTypes.choice(Combine.class),
            Combine.FALLBACK,
            "How several sources are put together: fallback uses the first that knows any endpoint, union all.");
    public static final Setting<Duration> WAIT = Setting.service(
            "discovery.wait",
            SettingTypes.duration(Duration.ZERO, Duration.ofMinutes(1)),
            Duration.ofSeconds(5),
            "How long a call waits for discovery's first answer, within its deadline.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(ENDPOINTS, SOURCES, COMBINE, WAIT);

    private DiscoverySettings() {}

    /** How several sources are put together. */
    public enum Combine {
        FALLBACK,
        UNION
    }
}
