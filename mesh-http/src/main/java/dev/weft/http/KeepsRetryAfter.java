package dev.weft.http;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Keeps OkHttp from sending a request again by itself, POST included, because a 503 said {@code Retry-After: 0}: no
 * setting of OkHttp's turns that off. The header is hidden from OkHttp here and put back above it.
 */
final class KeepsRetryAfter implements Interceptor {
    static final KeepsRetryAfter INSTANCE = new KeepsRetryAfter();

    private static final int UNAVAILABLE = 503;
    private static final String HIDDEN = "hidden from OkHttp: ";

    private KeepsRetryAfter() {}

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        String hint = hint(response);
        return hint == null ? response : withHint(response, HIDDEN + hint);
    }

    /** The answer as the server gave it. */
    static Response restored(Response response) {
        String hint = hint(response);
        return hint != null && hint.startsWith(HIDDEN) ? withHint(response, hint.substring(HIDDEN.length())) : response;
    }

    private static @Nullable String hint(Response response) {
        return response.code() == UNAVAILABLE ? response.header("Retry-After") : null;
    }

    private static Response withHint(Response response, String hint) {
        return response.newBuilder().header("Retry-After", hint).build();
    }
}
