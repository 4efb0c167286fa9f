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

    /** RFC 6265: pairs with {@code ; } between. Names are told apart by case. */
    private static @Nullable String cookie(Request request, String name) {
        for (int i = 0; i < request.headers().size(); i++) {
            String header = request.headers().value(i);
            if (!request.headers().name(i).equalsIgnoreCase("Cookie")) {
                continue;
            }
            for (int at = 0; at < header.length(); ) {
                int end = header.indexOf(';', at);
                end = end < 0 ? header.length() : end;
                while (at < end && header.charAt(at) == ' ') {
                    at++;
                }
                if (header.startsWith(name, at) && header.startsWith("=", at + name.length())) {
                    return header.substring(at + name.length() + 1, end).strip();
                }
                at = end + 1;
            }
        }
        return null;
    }
}
