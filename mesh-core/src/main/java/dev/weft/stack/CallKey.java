package dev.weft.stack;

import dev.weft.call.RequestPart;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What of a request tells it from others of its kind: which node it should go to, whose rate it counts for.
 *
 * @param kind where it is found
 * @param name which of its kind; of a path, a template with one {@code {part}}; empty for those that have no name
 */
public record CallKey(Kind kind, String name) {
    /** There is none: all requests are alike. */
    public static final CallKey NONE = new CallKey(Kind.OFF, "");

    /** Reads a part of a request of that type; null where the request says nothing there. */
    @FunctionalInterface
    public interface Reader<Q> {
        @Nullable
        String read(Q request, RequestPart part, String name);
    }

    /** Where it is found. */
    public enum Kind {
        OFF,
        HEADER,
        COOKIE,
        PATH,
        BAGGAGE,
        /** Who asks, by its identity. */
        CALLER;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Null where the request has none.
     *
     * @param context that of the request
     */
    public <Q> @Nullable String of(Q request, Context context, Reader<Q> reader) {
        String found = switch (kind) {
            case OFF -> null;
            case HEADER -> reader.read(request, RequestPart.HEADER, name);
            case COOKIE -> reader.read(request, RequestPart.COOKIE, name);
            case PATH -> part(Objects.requireNonNullElse(reader.read(request, RequestPart.PATH, name), ""));
            case BAGGAGE -> Baggage.fromContext(context).getEntryValue(name);
            case CALLER -> reader.read(request, RequestPart.CALLER, name);
        };
        return found == null || found.isEmpty() ? null : found;
    }

    /** What stands in {@code path} where the template has its part, if all before that is as in the template. */
    private @Nullable String part(String path) {
        int at = 0;
        int from = 0;
        while (from < name.length()) {
            if (at >= path.length() || path.charAt(at) != '/') {
                return null;
            }
            int end = segmentEnd(path, at);
            if (name.startsWith("{", from + 1)) {
                return path.substring(at + 1, end);
            }
            int to = segmentEnd(name, from);
            boolean any = to - from == 2 && name.charAt(from + 1) == '*';
            if (!any && !(end - at == to - from && path.regionMatches(at, name, from, to - from))) {
                return null;
            }
            at = end;
            from = to;
        }
        return null;
    }

    private static int segmentEnd(String path, int begin) {
        int end = path.indexOf('/', begin + 1);
        return end < 0 ? path.length() : end;
    }
}
