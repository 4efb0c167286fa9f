package dev.weft.http;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;

/** Requests and answers in the words of OpenTelemetry's HTTP conventions (1.44), without secrets: no query, no user. */
final class HttpWords {
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> METHOD_ORIGINAL = AttributeKey.stringKey("http.request.method_original");
    private static final AttributeKey<String> URL_FULL = AttributeKey.stringKey("url.full");
    private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> VERSION = AttributeKey.stringKey("network.protocol.version");
    private static final String OTHER = "_OTHER";

    private HttpWords() {}

    /** One of the known methods, or {@code _OTHER}: names of spans and labels must be bounded. */
    static String method(Request request) {
        return switch (request.method()) {
            case "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY" ->
                request.method();
            default -> OTHER;
        };
    }

    static void describe(Request request, SpanBuilder span) {
        String method = method(request);
        span.setAttribute(METHOD, method);
        if (method.equals(OTHER)) {
            span.setAttribute(METHOD_ORIGINAL, request.method());
        }
        HttpUrl url = request.url();
        span.setAttribute(SERVER_PORT, (long) url.port());
        span.setAttribute(
                URL_FULL,
                url.newBuilder()
                        .username("")
                        .password("")
                        .query(null)
                        .fragment(null)
                        .build()
                        .toString());
    }

    static void describe(Response response, Span span) {
        span.setAttribute(STATUS, (long) response.code());
        span.setAttribute(VERSION, version(response.protocol()));
    }

    private static String version(Protocol protocol) {
        return switch (protocol) {
            case HTTP_1_0 -> "1.0";
            case HTTP_1_1 -> "1.1";
            case HTTP_2, H2_PRIOR_KNOWLEDGE -> "2";
            default -> protocol.toString();
        };
    }
}
