package dev.weft.http;

import dev.weft.call.Call;
import dev.weft.call.Sharing;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import okhttp3.Authenticator;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Requests are the same if method, URL, all headers and the baggage that goes with them are, credentials and cookies among
 * them; only what traces them may differ.
 */
final class HttpSharing implements Sharing<Response> {
    private final Executor threads;

    /** @param threads where bodies are read */
    HttpSharing(Executor threads) {
        this.threads = threads;
    }

    /** Whether requests go out as they are seen here: what a client adds of its own below may tell callers apart. */
    static boolean seesAll(OkHttpClient base) {
        return base.interceptors().isEmpty()
                && base.networkInterceptors().isEmpty()
                && base.cookieJar() == CookieJar.NO_COOKIES
                && base.authenticator() == Authenticator.NONE;
    }

    @Override
    public @Nullable Object key(Call call) {
        Request request = (Request) call.request();
        if (request.body() != null || !HttpWire.safe(request)) {
            return null;
        }
        List<String> headers = new ArrayList<>();
        for (int i = 0; i < request.headers().size(); i++) {
            String name = request.headers().name(i).toLowerCase(Locale.ROOT);
            if (!Sharing.tracing(name)) {
                headers.add(name);
                headers.add(request.headers().value(i));
            }
        }
        Map<String, BaggageEntry> baggage = Baggage.fromContext(call.context()).asMap();
        return new Question(request.method(), request.url(), headers, baggage);
    }

    @Override
    public void read(Response answer, long mostBytes, Consumer<@Nullable Supplier<Response>> then) {
        Threads.run(threads, () -> then.accept(copies(answer, mostBytes)));
    }

    private static @Nullable Supplier<Response> copies(Response answer, long mostBytes) {
        MediaType type = answer.body().contentType();
        ByteString body;
        try {
            if (answer.body().contentLength() > mostBytes) {
                return null;
            }
            body = answer.peekBody(mostBytes + 1).byteString();
        } catch (IOException e) {
            // Whoever gets it reads on and is told so.
            return null;
        }
        if (body.size() > mostBytes) {
            return null;
        }
        answer.close();
        return () -> answer.newBuilder().body(ResponseBody.create(body, type)).build();
    }

    /** What is asked. */
    private record Question(String method, HttpUrl url, List<String> headers, Map<String, BaggageEntry> baggage) {
        /** Without what is secret. */
        @Override
        public String toString() {
            return method;
        }
    }
}
