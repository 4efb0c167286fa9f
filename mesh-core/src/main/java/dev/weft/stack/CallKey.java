package dev.weft.stack;

import dev.weft.call.RequestPart;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import java.util.List;
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
        for (String segment : segments(name)) {
            if (at >= path.length() || path.charAt(at) != '/') {
                return null;
            }
            int end = path.indexOf('/', at + 1);
            String given = path.substring(at + 1, end < 0 ? path.length() : end);
            if (segment.startsWith("{")) {
                return given;
            }
            if (!segment.equals("*") && !segment.equals(given)) {
                return null;
            }
            at = end < 0 ? path.length() : end;
        }
        return null;
    }

    static List<String> segments(String template) {
        return List.of(template.substring(1).split("/", -1));
    }
}
