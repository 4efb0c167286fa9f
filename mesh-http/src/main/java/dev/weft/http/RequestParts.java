package dev.weft.http;

import dev.weft.call.RequestPart;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** What layers may read of a request. */
final class RequestParts {
    private RequestParts() {}

    static @Nullable String read(Request request, RequestPart part, String name) {
        return switch (part) {
            case HEADER -> first(request, name);
            case COOKIE -> cookie(request, name);
            case PATH -> request.url().encodedPath();
            case METHOD -> request.method();
            case CALLER -> null;
        };
    }

    private static @Nullable String first(Request request, String name) {
        for (int i = 0; i < request.headers().size(); i++) {
            if (request.headers().name(i).equalsIgnoreCase(name)) {
                return request.headers().value(i);
            }
        }
        return null;
    }

    private static @Nullable String cookie(Request request, String name) {
        for (int i = 0; i < request.headers().size(); i++) {
            if (request.headers().name(i).equalsIgnoreCase("Cookie")) {
                String value = RequestPart.cookie(request.headers().value(i), name);
                if (value != null) {
                    return value;
                }
            }
        }
        return null;
    }
}
