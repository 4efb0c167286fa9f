package dev.weft.bench.faults.peers;

import dev.weft.bench.load.Proxies;
import dev.weft.call.Criticality;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * HAProxy beside the caller, as a sidecar stands: least connections, up to two retries elsewhere, a server left out after 5
 * failures in a row as its traffic shows and for as long as its check fails, checked each second. The caller is plain OkHttp.
 */
final class HaProxy implements Peer {
    private static final String DEFAULTS = """
              timeout connect 400ms
              timeout server 400ms
              timeout queue 1s
              retries 2
              option redispatch 1
              retry-on all-retryable-errors 500
            """;
    private static final String BACKEND = """
              balance leastconn
              option httpchk GET /health
              default-server check inter 1s fall 2 rise 1 observe layer7 error-limit 5 on-error mark-down
            """;

    private final Proxies proxies = new Proxies();
    private final Request request;
    private final OkHttpClient client;
    private final ExecutorService threads = Callers.threads();

    HaProxy(Around around) {
        Path binary = Proxies.haproxy();
        if (binary == null) {
            throw new IllegalStateException("HAProxy is not installed: leave 'haproxy' out, or install it");
        }
        request = new Request.Builder()
                .url("http://" + Around.HOST + ':' + start(around.callable(), binary) + "/stock/7")
                .build();
        client = new OkHttpClient.Builder()
                .connectionPool(new ConnectionPool(512, 5, TimeUnit.MINUTES))
                .callTimeout(around.deadline())
                .build();
    }

    private int start(List<Integer> ports, Path binary) {
        try {
            return proxies.before(ports, binary, DEFAULTS, BACKEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted before HAProxy listened", e);
        }
    }

    @Override
    public void call(Criticality level, Done done) {
        threads.execute(() -> done.done(send()));
    }

    private Ending send() {
        try (Response response = client.newCall(request).execute()) {
            response.body().bytes();
            return response.isSuccessful() ? Ending.OK : Ending.FAILED;
        } catch (IOException e) {
            return Ending.FAILED;
        }
    }

    @Override
    public void close() {
        threads.shutdown();
        client.connectionPool().evictAll();
        try {
            proxies.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
