package dev.weft.consul;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.kiwiproject.consul.Consul;

/**
 * Kiwi's Consul client, for the plain operations on agent, session and key-value store. It is made with the first
 * use, since its class loading costs more than all else here. Thread-safe; who may have to cut its calls has its own.
 */
final class Kiwi implements AutoCloseable {
    private static final long CONNECT_MILLIS = TimeUnit.SECONDS.toMillis(2);
    private static final long READ_MILLIS = TimeUnit.SECONDS.toMillis(5);

    /** One operation. */
    @FunctionalInterface
    interface Operation<T> {
        T on(Consul consul) throws Exception;
    }

    private final ConsulHttp http;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Consul client;
    private boolean closed;
    private int address;

    Kiwi(ConsulHttp http) {
        this.http = http;
    }

    /** @param what names the operation in messages */
    <T> T call(String what, Operation<T> operation) throws ConsulException {
        int tried = http.address();
        try {
            return operation.on(client(tried));
        } catch (org.kiwiproject.consul.ConsulException e) {
            int status = e.hasCode() ? e.getCode() : 0;
            if (status == 0 || status >= 500) {
                http.failed(tried);
            }
            Throwable cause = e.getCause() instanceof IOException ? e.getCause() : e;
            throw new ConsulException(what + ": " + cause.getMessage(), status);
        } catch (Exception e) {
            throw new ConsulException(what + ": " + e.getMessage());
        }
    }

    private Consul client(int wanted) throws ConsulException {
        lock.lock();
        try {
            if (closed) {
                throw new ConsulException("closed; not sent");
            }
            Consul known = client;
            if (known == null || address != wanted) {
                if (known != null) {
                    known.destroy();
                }
                address = wanted;
                known = make(http.config(), http.config().addresses().get(wanted));
                client = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private Consul make(ConsulConfig config, HttpUrl url) {
        Consul.Builder builder = Consul.builder()
                .withUrl(url.url())
                .withPing(false)
                .withConnectTimeoutMillis(CONNECT_MILLIS)
                .withReadTimeoutMillis(READ_MILLIS)
                .withWriteTimeoutMillis(READ_MILLIS)
                .withTokenAuth(this::token);
        ConsulConfig.Tls tls = config.tls();
        if (tls != null) {
            builder.withSslContext(tls.context()).withTrustManager(tls.trust());
        }
        return builder.build();
    }

    /** An empty header is no token to Consul. */
    private String token() {
        try {
            String token = http.token();
            return token == null ? "" : token;
        } catch (ConsulException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Ends the call under way; later ones are made as ever. */
    void cut() {
        destroy(false);
    }

    /** Ends the call under way, and every later one at once. */
    @Override
    public void close() {
        destroy(true);
    }

    private void destroy(boolean forGood) {
        lock.lock();
        try {
            closed |= forGood;
            if (client != null) {
                client.destroy();
                client = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
