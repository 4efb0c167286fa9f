package dev.weft.consul.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Plain calls to an agent's HTTP API, as an operator makes them with curl. */
public final class ConsulApi {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final String url;
    private final @Nullable String token;

    ConsulApi(String url, @Nullable String token) {
        this.url = url;
        this.token = token;
    }

    /** Calls to an agent that somebody else has started; null for no token. */
    public static ConsulApi at(String url, @Nullable String token) {
        return new ConsulApi(url, token);
    }

    public String url() {
        return url;
    }

    /** The body of a successful answer; anything else is an {@link IllegalStateException}. */
    public String get(String path) {
        return success("GET", path, null);
    }

    public String put(String path, String body) {
        return success("PUT", path, body);
    }

    public String delete(String path) {
        return success("DELETE", path, null);
    }

    boolean ready() {
        try {
            return get("/v1/status/leader").contains(":")
                    && get("/v1/connect/ca/roots").contains("\"TrustDomain\"")
                    && (token == null || get("/v1/acl/token/self").contains("AccessorID"))
                    && get("/v1/catalog/nodes").contains("127.0.0.1");
        } catch (UncheckedIOException | IllegalStateException e) {
            return false;
        }
    }

    private String success(String method, String path, @Nullable String body) {
        try {
            HttpURLConnection call =
                    (HttpURLConnection) URI.create(url + path).toURL().openConnection();
            call.setRequestMethod(method);
            call.setConnectTimeout(TIMEOUT_MILLIS);
            call.setReadTimeout(TIMEOUT_MILLIS);
            if (token != null) {
                call.setRequestProperty("X-Consul-Token", token);
            }
            if (body != null) {
                call.setDoOutput(true);
                try (OutputStream out = call.getOutputStream()) {
                    out.write(body.getBytes(StandardCharsets.UTF_8));
                }
            }
            int status = call.getResponseCode();
            try (InputStream in = status < 400 ? call.getInputStream() : call.getErrorStream()) {
                String answer = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
                if (status / 100 != 2) {
                    throw new IllegalStateException(method + " " + path + ": " + status + " " + answer);
                }
                return answer;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + url + path + ": " + e.getMessage(), e);
        }
    }
}
