package dev.weft.http;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Keeps OkHttp from acting upon an answer by itself where no setting turns that off: from sending a request again, POST
 * included, because a 503 said {@code Retry-After: 0}, and from failing because a server that is no proxy said 407. What
 * leads to it is hidden from OkHttp here and put back above it.
 */
final class KeepsAnswer implements Interceptor {
    static final KeepsAnswer INSTANCE = new KeepsAnswer();

    private static final int UNAVAILABLE = 503;
    private static final int PROXY_AUTHENTICATION = 407;
    /** No server can send it: it has four digits. */
    private static final int HIDDEN_STATUS = 4070;

    private static final String HIDDEN = "hidden from OkHttp: ";

    private KeepsAnswer() {}

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        return switch (response.code()) {
            case UNAVAILABLE -> {
                String hint = response.header("Retry-After");
                yield hint == null ? response : withHint(response, HIDDEN + hint);
            }
            case PROXY_AUTHENTICATION -> withStatus(response, HIDDEN_STATUS);
            default -> response;
        };
    }

    /** The answer as the server gave it. */
    static Response restored(Response response) {
        return switch (response.code()) {
            case UNAVAILABLE -> {
                String hint = response.header("Retry-After");
                yield hint != null && hint.startsWith(HIDDEN)
                        ? withHint(response, hint.substring(HIDDEN.length()))
                        : response;
            }
            case HIDDEN_STATUS -> withStatus(response, PROXY_AUTHENTICATION);
            default -> response;
        };
    }

    private static Response withHint(Response response, String hint) {
        return response.newBuilder().header("Retry-After", hint).build();
    }

    private static Response withStatus(Response response, int status) {
        return response.newBuilder().code(status).build();
    }
}
