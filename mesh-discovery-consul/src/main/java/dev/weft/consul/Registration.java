package dev.weft.consul;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How this process shall stand in Consul's list of services. Not thread-safe; read once by {@link Consul#register}. */
public final class Registration {
    private static final String CRASHED_GOES_AFTER = "10m";

    final String name;
    private final int port;
    String id;
    private @Nullable String address;
    private final List<String> tags = new ArrayList<>();
    private final Map<String, String> meta = new LinkedHashMap<>();
    private @Nullable Map<String, Integer> weights;
    private boolean connect;
    private @Nullable String healthUrl;
    Duration every = Duration.ofSeconds(15);

    private Registration(String name, int port) {
        this.name = name;
        this.port = port;
        this.id = name + "-" + port + "-" + ProcessHandle.current().pid();
    }

    /** One instance of a service, kept alive by this process itself (a TTL of 15 s). */
    public static Registration of(String service, int port) {
        if (service.isBlank() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("cannot register '" + service + "' with port " + port);
        }
        return new Registration(service, port);
    }

    /** What tells it from all others at the same agent; service, port and process id without it. */
    public Registration id(String id) {
        this.id = id;
        return this;
    }

    /** Where callers reach it; the agent's own address without it. */
    public Registration address(String host) {
        this.address = host;
        return this;
    }

    public Registration tag(String tag) {
        tags.add(tag);
        return this;
    }

    /** Such as {@code zone} and {@code version}. */
    public Registration meta(String key, String value) {
        meta.put(key, value);
        return this;
    }

    /** Its share of traffic while it passes, and while it warns; 1 to 65535. */
    public Registration weights(int passing, int warning) {
        this.weights = Map.of("Passing", passing, "Warning", warning);
        return this;
    }

    /** It speaks Connect's mTLS itself, and is listed where that is asked for. */
    public Registration connectNative() {
        this.connect = true;
        return this;
    }

    /** How long it stays alive without a word from this process; at least 1 s. */
    public Registration ttl(Duration ttl) {
        this.healthUrl = null;
        this.every = checked(ttl);
        return this;
    }

    /** The agent asks that URL, which answers 2xx while all is well, 429 for a warning. At least 1 s. */
    public Registration healthUrl(String url, Duration every) {
        this.healthUrl = url;
        this.every = checked(every);
        return this;
    }

    private static Duration checked(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(duration + " is less than 1 s");
        }
        return duration;
    }

    /** Whether this process itself has to tell how it is. */
    boolean tellsItself() {
        return healthUrl == null;
    }

    Map<String, Object> body() {
        Map<String, Object> check = new LinkedHashMap<>();
        // A process that dies without a word leaves nothing behind for ever.
        check.put("DeregisterCriticalServiceAfter", CRASHED_GOES_AFTER);
        if (healthUrl == null) {
            check.put("TTL", every.toMillis() + "ms");
            check.put("Status", "passing");
        } else {
            check.put("HTTP", healthUrl);
            check.put("Interval", every.toMillis() + "ms");
            check.put("Timeout", every.toMillis() + "ms");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("Name", name);
        body.put("ID", id);
        body.put("Port", port);
        body.put("Tags", tags);
        body.put("Meta", meta);
        body.put("Check", check);
        if (address != null) {
            body.put("Address", address);
        }
        if (weights != null) {
            body.put("Weights", weights);
        }
        if (connect) {
            body.put("Connect", Map.of("Native", true));
        }
        return body;
    }
}
