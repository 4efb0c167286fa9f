package dev.weft.consul;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Where Consul is and how to talk to it: addresses, token, TLS. Thread-safe. */
final class ConsulHttp implements AutoCloseable {
    private static final long CONNECT_SECONDS = 2;

    private final ConsulConfig config;
    private final AtomicInteger address = new AtomicInteger();
    private final OkHttpClient client;

    ConsulHttp(ConsulConfig config) {
        this.config = config;
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .connectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                // Each request has a limit for the whole call, which a blocking query stretches.
                .readTimeout(0, TimeUnit.SECONDS)
                .writeTimeout(0, TimeUnit.SECONDS)
                // A query sent again unseen would ask the Consul of after a restart from the index of before it,
                // and wait for a change that is long past.
                .retryOnConnectionFailure(false)
                // A redirect would carry the token to whoever it names.
                .followRedirects(false)
                .followSslRedirects(false);
        ConsulConfig.Tls tls = config.tls();
        if (tls != null) {
            builder.sslSocketFactory(tls.context().getSocketFactory(), tls.trust());
        }
        client = builder.build();
    }

    ConsulConfig config() {
        return config;
    }

    OkHttpClient client() {
        return client;
    }

    /** For operations that are not reads; for one user, who closes it. */
    Kiwi kiwi() {
        return new Kiwi(this);
    }

    /** The number of the address to try now. */
    int address() {
        return address.get();
    }

    /** The address of that number has failed; the next one's turn. */
    void failed(int number) {
        address.compareAndSet(number, (number + 1) % config.addresses().size());
    }

    /** A request to the address of that number, with the token where there is one. */
    Request.Builder request(int number, UnaryOperator<HttpUrl.Builder> path) throws ConsulException {
        HttpUrl url = path.apply(config.addresses().get(number).newBuilder()).build();
        Request.Builder request = new Request.Builder().url(url);
        String token = token();
        if (token != null) {
            request.header("X-Consul-Token", token);
        }
        return request;
    }

    /** The token to send, checked; null for none. */
    @Nullable
    String token() throws ConsulException {
        String token;
        try {
            token = config.token().get();
        } catch (RuntimeException e) {
            throw new ConsulException("the Consul token cannot be had: " + e.getMessage());
        }
        if (token == null || token.isBlank()) {
            return null;
        }
        String stripped = token.strip();
        // OkHttp's own complaint would print the token.
        if (stripped.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new ConsulException("the Consul token has characters that no token has; check where it comes from");
        }
        return stripped;
    }

    @Override
    public void close() {
        client.connectionPool().evictAll();
        client.dispatcher().executorService().shutdown();
    }
}
