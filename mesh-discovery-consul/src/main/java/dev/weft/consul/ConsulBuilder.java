package dev.weft.consul;

import dev.weft.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** How to reach Consul and what to read there. Not thread-safe. */
public final class ConsulBuilder {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final List<HttpUrl> addresses = new ArrayList<>();
    private Supplier<@Nullable String> token = () -> null;
    private @Nullable String datacenter;
    private ConsulConfig.@Nullable Tls tls;
    private Duration maxWait = Duration.ofSeconds(60);
    private @Nullable Path cacheFolder;
    private String zoneKey = "zone";
    private String versionKey = "version";
    private Time time = Time.system();

    ConsulBuilder() {}

    /**
     * An agent's address, such as {@code http://127.0.0.1:8500}. Called more than once, the others are tried
     * when one fails; they must belong to the same datacenter.
     */
    public ConsulBuilder address(String url) {
        HttpUrl parsed = HttpUrl.parse(url);
        if (parsed == null || !parsed.username().isEmpty() || !parsed.password().isEmpty() || parsed.query() != null) {
            throw new IllegalArgumentException(
                    "the address of Consul must look like http://host:8500 or https://host:8501"
                            + (parsed == null ? ", not '" + url + "'" : ", without user, password or query"));
        }
        addresses.add(parsed);
        return this;
    }

    /** The token to send; it is never logged. */
    public ConsulBuilder token(String token) {
        Objects.requireNonNull(token, "token");
        return token(() -> token);
    }

    /** Where to ask for the token, before each request; null for none. Must return fast. */
    public ConsulBuilder token(Supplier<@Nullable String> token) {
        this.token = token;
        return this;
    }

    /** A file that holds the token and nothing else; read before each request, so that it may change. */
    public ConsulBuilder tokenFile(Path file) {
        return token(() -> {
            try {
                return Files.readString(file).strip();
            } catch (IOException e) {
                throw new IllegalStateException("its file cannot be read: " + e, e);
            }
        });
    }

    /** The datacenter to look for services and policy in; without it, that of the agent. */
    public ConsulBuilder datacenter(String name) {
        this.datacenter = name;
        return this;
    }

    /** Trust and key for addresses with {@code https}; without it, those of the JDK. */
    public ConsulBuilder tls(SSLContext context, X509TrustManager trust) {
        this.tls = new ConsulConfig.Tls(context, trust);
        return this;
    }

    /** How long a blocking query may wait, 1 s to 10 min; 60 s without it. Also how late a hung agent is noticed. */
    public ConsulBuilder maxWait(Duration wait) {
        if (wait.compareTo(Duration.ofSeconds(1)) < 0 || wait.compareTo(LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException("wait " + wait + " is not between 1 s and 10 min");
        }
        this.maxWait = wait;
        return this;
    }

    /** Where to keep the last good list of each service for a start without Consul; without it, nowhere. */
    public ConsulBuilder cacheFolder(Path folder) {
        this.cacheFolder = folder;
        return this;
    }

    /** The metadata key, of the service or else of its node, that tells the zone; {@code zone} without it. */
    public ConsulBuilder zoneKey(String key) {
        this.zoneKey = key;
        return this;
    }

    /** The metadata key of the service that tells its version; {@code version} without it. */
    public ConsulBuilder versionKey(String key) {
        this.versionKey = key;
        return this;
    }

    /** The clock; for tests. */
    public ConsulBuilder time(Time time) {
        this.time = time;
        return this;
    }

    /** Neither connects nor starts a thread; that comes with the first thing asked for. */
    public Consul build() {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no address of Consul given, such as http://127.0.0.1:8500");
        }
        return new Consul(new ConsulConfig(
                List.copyOf(addresses), token, datacenter, tls, maxWait, cacheFolder, zoneKey, versionKey, time));
    }
}
