package dev.weft.stack;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import dev.weft.policy.SettingType;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** An endpoint as policy writes it: {@code 10.0.0.7:8080 weight=2 zone=eu-1 version=1.4 health=degraded canary=yes}. */
final class EndpointType implements SettingType<Endpoint> {
    @Override
    public Endpoint parse(Object raw) {
        if (!(raw instanceof String text)) {
            throw new IllegalArgumentException("must be text");
        }
        String[] words = text.strip().split("\\s+", -1);
        Endpoint endpoint = Endpoint.parse(words[0]);
        Map<String, String> metadata = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("has '" + words[i] + "', which is not name=value");
            }
            String name = words[i].substring(0, equals);
            String value = words[i].substring(equals + 1);
            switch (name) {
                case "weight" -> endpoint = endpoint.withWeight(weight(value));
                case "zone" -> endpoint = endpoint.withZone(value);
                case "version" -> endpoint = endpoint.withVersion(value);
                case "health" -> endpoint = endpoint.withHealth(health(value));
                default -> metadata.put(name, value);
            }
        }
        return endpoint.withMetadata(metadata);
    }

    private static int weight(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("has weight '" + value + "', which is not a whole number", e);
        }
    }

    private static Health health(String value) {
        try {
            return Health.valueOf(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "has health '" + value + "', which is none of healthy, degraded, unhealthy, draining", e);
        }
    }

    @Override
    public String render(Endpoint endpoint) {
        StringBuilder text = new StringBuilder(endpoint.address());
        if (endpoint.weight() != 1) {
            text.append(" weight=").append(endpoint.weight());
        }
        append(text, "zone", endpoint.zone());
        append(text, "version", endpoint.version());
        if (endpoint.health() != Health.HEALTHY) {
            append(text, "health", endpoint.health().name().toLowerCase(Locale.ROOT));
        }
        endpoint.metadata().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> append(text, entry.getKey(), entry.getValue()));
        return text.toString();
    }

    private static void append(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append(' ').append(name).append('=').append(value);
        }
    }

    @Override
    public String expects() {
        return "host:port, and after it weight=, zone=, version=, health= or metadata, such as 10.0.0.7:8080 weight=2";
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("type", "string", "pattern", "^\\S+:[0-9]+(\\s+[^=\\s]+=\\S*)*$");
    }
}
