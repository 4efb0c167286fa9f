package dev.weft.http.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import dev.weft.call.RequestPart;
import dev.weft.identity.CallerIds;
import dev.weft.rate.ServerRate;
import io.opentelemetry.context.Context;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Requests that come too fast are told when the next may come. */
final class ServerRates {
    static final int STATUS = 429;
    static final String RETRY_AFTER = "Retry-After";

    private ServerRates() {}

    /** Whole seconds to wait, as the header has them; null where the request is handled. */
    static @Nullable String refuses(ServerRate rate, HttpExchange exchange, Context context) {
        return seconds(rate.refuses(exchange.getRequestMethod(), path(exchange), exchange, context, ServerRates::read));
    }

    /** {@code OPTIONS *} has none. */
    private static String path(HttpExchange exchange) {
        return Objects.requireNonNullElse(exchange.getRequestURI().getRawPath(), "");
    }

    private static @Nullable String seconds(long nanos) {
        return nanos == 0 ? null : Long.toString(nanos / 1_000_000_000 + 1);
    }

    private static @Nullable String read(HttpExchange exchange, RequestPart part, String name) {
        return switch (part) {
            case HEADER -> exchange.getRequestHeaders().getFirst(name);
            case COOKIE -> cookie(exchange.getRequestHeaders().get("Cookie"), name);
            case PATH -> path(exchange);
            case METHOD -> exchange.getRequestMethod();
            case CALLER -> exchange instanceof HttpsExchange https ? CallerIds.of(https.getSSLSession()) : null;
        };
    }

    private static @Nullable String cookie(@Nullable List<String> headers, String name) {
        if (headers != null) {
            for (String header : headers) {
                String value = RequestPart.cookie(header, name);
                if (value != null) {
                    return value;
                }
            }
        }
        return null;
    }

    /** As a servlet container tells of requests. */
    static final class OfServlets {
        private OfServlets() {}

        static @Nullable String refuses(ServerRate rate, HttpServletRequest request, Context context) {
            return seconds(
                    rate.refuses(request.getMethod(), request.getRequestURI(), request, context, OfServlets::read));
        }

        private static @Nullable String read(HttpServletRequest request, RequestPart part, String name) {
            return switch (part) {
                case HEADER -> request.getHeader(name);
                case COOKIE -> cookie(request.getCookies(), name);
                case PATH -> request.getRequestURI();
                case METHOD -> request.getMethod();
                case CALLER ->
                    request.getAttribute("jakarta.servlet.request.X509Certificate") instanceof X509Certificate[] chain
                            ? CallerIds.of(chain)
                            : null;
            };
        }

        private static @Nullable String cookie(Cookie @Nullable [] cookies, String name) {
            if (cookies != null) {
                for (Cookie cookie : cookies) {
                    if (cookie.getName().equals(name)) {
                        return cookie.getValue();
                    }
                }
            }
            return null;
        }
    }
}
