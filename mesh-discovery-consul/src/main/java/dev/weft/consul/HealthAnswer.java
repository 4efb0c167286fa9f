package dev.weft.consul;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The instances of a service as {@code /v1/health} lists them, made into endpoints.
 *
 * @param endpoints in order of address, each address once
 * @param skipped what is wrong with the entries that are none
 */
record HealthAnswer(List<Endpoint> endpoints, List<String> skipped) {
    /** Metadata keys that we add to the service's own. */
    static final String NODE = "consul.node";

    static final String ID = "consul.id";
    static final String TAGS = "consul.tags";

    private static final Comparator<Endpoint> ORDER = Comparator.comparing(Endpoint::host)
            .thenComparingInt(Endpoint::port)
            .thenComparing(Endpoint::health);

    static HealthAnswer read(Answer answer, ConsulConfig config) throws ConsulException {
        Entry[] entries = Json.read(answer.request(), answer.successful().body(), Entry[].class);
        List<Endpoint> endpoints = new ArrayList<>(entries.length);
        List<String> skipped = new ArrayList<>();
        for (Entry entry : entries) {
            try {
                endpoints.add(endpoint(entry, config));
            } catch (IllegalArgumentException e) {
                skipped.add(e.getMessage());
            }
        }
        endpoints.sort(ORDER);
        return new HealthAnswer(withoutTwins(endpoints), skipped);
    }

    /** Of two registrations of one address the healthier stays. */
    private static List<Endpoint> withoutTwins(List<Endpoint> sorted) {
        List<Endpoint> kept = new ArrayList<>(sorted.size());
        Endpoint last = null;
        for (Endpoint endpoint : sorted) {
            if (last == null || last.port() != endpoint.port() || !last.host().equals(endpoint.host())) {
                kept.add(endpoint);
            }
            last = endpoint;
        }
        return kept;
    }

    private static Endpoint endpoint(@Nullable Entry entry, ConsulConfig config) {
        if (entry == null || entry.service == null || entry.node == null) {
            throw new IllegalArgumentException("an entry without service or node");
        }
        Service service = entry.service;
        String node = text(entry.node.name);
        String id = text(service.id);
        try {
            String host = text(service.address).isBlank() ? text(entry.node.address) : text(service.address);
            Health health = health(entry.checks, id);
            Map<String, String> nodeMeta = present(entry.node.meta);
            Map<String, String> metadata = present(service.meta);
            String zone = metadata.getOrDefault(config.zoneKey(), nodeMeta.getOrDefault(config.zoneKey(), ""));
            String version = metadata.getOrDefault(config.versionKey(), "");
            metadata.put(NODE, node);
            metadata.put(ID, id);
            if (service.tags != null && !service.tags.isEmpty()) {
                metadata.put(TAGS, String.join(",", service.tags));
            }
            return new Endpoint(host, service.port, weight(service.weights, health), zone, version, metadata, health);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + id + "' on node '" + node + "': " + e.getMessage(), e);
        }
    }

    private static int weight(@Nullable Weights weights, Health health) {
        if (weights == null) {
            return 1;
        }
        return health == Health.DEGRADED ? weights.warning : weights.passing;
    }

    private static Health health(@Nullable List<Check> checks, String id) {
        Health worst = Health.HEALTHY;
        for (Check check : checks == null ? List.<Check>of() : checks) {
            Health health = check == null ? Health.HEALTHY : check.health(id);
            worst = health.compareTo(worst) > 0 ? health : worst;
        }
        return worst;
    }

    private static Map<String, String> present(@Nullable Map<String, @Nullable String> meta) {
        Map<String, String> present = new LinkedHashMap<>();
        if (meta != null) {
            meta.forEach((key, value) -> present.put(key, text(value)));
        }
        return present;
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    record Entry(
            @JsonProperty("Node") @Nullable Node node,
            @JsonProperty("Service") @Nullable Service service,
            @JsonProperty("Checks") @Nullable List<Check> checks) {}

    record Node(
            @JsonProperty("Node") @Nullable String name,
            @JsonProperty("Address") @Nullable String address,
            @JsonProperty("Meta") @Nullable Map<String, @Nullable String> meta) {}

    record Service(
            @JsonProperty("ID") @Nullable String id,
            @JsonProperty("Address") @Nullable String address,
            @JsonProperty("Port") int port,
            @JsonProperty("Tags") @Nullable List<String> tags,
            @JsonProperty("Meta") @Nullable Map<String, @Nullable String> meta,
            @JsonProperty("Weights") @Nullable Weights weights) {}

    record Weights(
            @JsonProperty("Passing") int passing,
            @JsonProperty("Warning") int warning) {}

    record Check(
            @JsonProperty("CheckID") @Nullable String id,
            @JsonProperty("Status") @Nullable String status) {
        Health health(String serviceId) {
            String state = text(status);
            if (state.equals("maintenance")
                    || "_node_maintenance".equals(id)
                    || ("_service_maintenance:" + serviceId).equals(id)) {
                return Health.DRAINING;
            }
            return switch (state) {
                case "passing" -> Health.HEALTHY;
                case "warning" -> Health.DEGRADED;
                default -> Health.UNHEALTHY;
            };
        }
    }
}
