package dev.weft.storefront;

import dev.weft.identity.TlsMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What differs from one place to the next, taken from the environment.
 *
 * @param consul the local agent
 * @param tokenFile where Consul's token lies; null for none
 * @param port for callers, over TLS
 * @param adminPort for the agent's health check and for Prometheus, in plain text, on the loopback interface
 * @param instance which of the storefront's processes this is
 * @param stateFolder of this process alone, for what should outlive it
 * @param tls whether callers must show who they are
 * @param notice how long callers have to notice that it leaves
 */
record Settings(
        String consul,
        @Nullable Path tokenFile,
        int port,
        int adminPort,
        String instance,
        Path stateFolder,
        TlsMode tls,
        Duration notice) {

    static Settings of(Map<String, String> environment) {
        String tokenFile = environment.get("CONSUL_HTTP_TOKEN_FILE");
        int port = number(environment, "PORT", 8443);
        String instance = environment.getOrDefault(
                "INSTANCE", "storefront-" + port + "-" + ProcessHandle.current().pid());
        return new Settings(
                environment.getOrDefault("CONSUL_HTTP_ADDR", "http://127.0.0.1:8500"),
                tokenFile == null ? null : Path.of(tokenFile),
                port,
                number(environment, "ADMIN_PORT", 8081),
                instance,
                Path.of(environment.getOrDefault("STATE_FOLDER", "target/state/storefront-" + port)),
                TlsMode.valueOf(environment.getOrDefault("TLS_MODE", "strict").toUpperCase(Locale.ROOT)),
                Duration.ofMillis(number(environment, "NOTICE_MILLIS", 2000)));
    }

    private static int number(Map<String, String> environment, String key, int otherwise) {
        String value = environment.get(key);
        try {
            return value == null ? otherwise : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + " must be a number, not '" + value + "'", e);
        }
    }
}
