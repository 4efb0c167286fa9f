package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.call.RequestPart;
import dev.weft.call.Wire;
import dev.weft.policy.Setting;
import io.opentelemetry.api.baggage.Baggage;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What of a call says which node it should go to.
 *
 * @param kind where it is found
 * @param name which of its kind; of a path, a template with one {@code {part}}
 */
record HashKey(Kind kind, String name) {
    static final Setting<HashKey> KEY = Setting.route(
            "balancer.hash.key",
            new HashKeyType(),
            new HashKey(Kind.OFF, ""),
            "ringHash, maglev: calls with the same value here go to the same endpoint, such as header:x-user,"
                    + " cookie:session, path:/items/{id} or baggage:tenant. Calls without it go to any.");

    /** There is none: calls go anywhere. */
    static final HashKey NONE = KEY.builtIn();

    enum Kind {
        OFF,
        HEADER,
        COOKIE,
        PATH,
        BAGGAGE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Null where the call has none. */
    @Nullable
    String of(Call call, Wire<?> wire) {
        String found = switch (kind) {
            case OFF -> null;
            case HEADER -> wire.read(call, RequestPart.HEADER, name);
            case COOKIE -> wire.read(call, RequestPart.COOKIE, name);
            case PATH -> part(Objects.requireNonNullElse(wire.read(call, RequestPart.PATH, name), ""));
            case BAGGAGE -> Baggage.fromContext(call.context()).getEntryValue(name);
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
