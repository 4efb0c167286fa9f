package dev.weft.consul;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** One thread's way to Consul: one request at a time, which any thread may cut off for good. */
final class ConsulLine {
    /** For requests that do not block. */
    static final long QUICK_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** More than 30,000 instances of one service. */
    static final long MAX_BYTES = 32L << 20;

    private static final MediaType JSON = MediaType.get("application/json");

    private final ConsulHttp http;
    private volatile @Nullable Call current;
    private volatile boolean cut;

    ConsulLine(ConsulHttp http) {
        this.http = http;
    }

    /**
     * @param path makes the URL from that of the agent
     * @param limitNanos for the whole of it, the body included
     */
    Answer get(UnaryOperator<HttpUrl.Builder> path, long limitNanos) throws IOException {
        int address = http.address();
        return send(address, http.request(address, path).build(), limitNanos);
    }

    Answer post(UnaryOperator<HttpUrl.Builder> path, Object body) throws IOException {
        int address = http.address();
        RequestBody json = RequestBody.create(Json.write(body), JSON);
        return send(address, http.request(address, path).post(json).build(), QUICK_NANOS);
    }

    Answer put(UnaryOperator<HttpUrl.Builder> path, Object body) throws IOException {
        int address = http.address();
        RequestBody json = RequestBody.create(Json.write(body), JSON);
        return send(address, http.request(address, path).put(json).build(), QUICK_NANOS);
    }

    private Answer send(int address, Request request, long limitNanos) throws IOException {
        String words = request.method() + " " + request.url().encodedPath() + " at "
                + request.url().host() + ":" + request.url().port();
        Call call = http.client().newCall(request);
        call.timeout().timeout(limitNanos, TimeUnit.NANOSECONDS);
        current = call;
        if (cut) {
            call.cancel();
        }
        try (Response response = call.execute()) {
            if (response.code() >= 500) {
                http.failed(address);
            }
            return Answer.of(words, response.code(), response.headers(), body(words, response));
        } catch (ConsulException e) {
            throw e;
        } catch (IOException e) {
            http.failed(address);
            throw new ConsulException(words + ": " + reason(e));
        } finally {
            current = null;
        }
    }

    private static byte[] body(String words, Response response) throws IOException {
        BufferedSource source = response.body().source();
        if (source.request(MAX_BYTES + 1)) {
            throw new ConsulException(words + ": an answer of more than " + (MAX_BYTES >> 20) + " MiB, not read");
        }
        return source.readByteArray();
    }

    private static String reason(IOException e) {
        return e instanceof InterruptedIOException ? "no answer in time" : e.toString();
    }

    /** Ends the request under way, and every later one at once. */
    void cut() {
        cut = true;
        Call call = current;
        if (call != null) {
            call.cancel();
        }
    }
}
