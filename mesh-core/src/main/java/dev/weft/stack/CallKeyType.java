package dev.weft.stack;

import dev.weft.policy.SettingType;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@link CallKey} as policy writes it: {@code header:x-user}, {@code path:/items/{id}}, {@code off}. */
public final class CallKeyType implements SettingType<CallKey> {
    private static final Pattern KEY =
            Pattern.compile("(?<kind>header|cookie|baggage):(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256})"
                    + "|path:(?<path>(/[^/{}\\s]*)*/\\{[^/{}\\s]*})");

    private final boolean callers;

    /** @param callers whether it may be who asks */
    public CallKeyType(boolean callers) {
        this.callers = callers;
    }

    @Override
    public CallKey parse(Object raw) {
        if ("off".equals(raw)) {
            return CallKey.NONE;
        }
        if (callers && "caller".equals(raw)) {
            return new CallKey(CallKey.Kind.CALLER, "");
        }
        if (!(raw instanceof String text)) {
            throw new IllegalArgumentException("must be text");
        }
        Matcher matcher = KEY.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    text.startsWith("path:") ? "needs a path that ends with its {part}" : "names no key");
        }
        for (CallKey.Kind kind : CallKey.Kind.values()) {
            if (kind.word().equals(matcher.group("kind"))) {
                return new CallKey(kind, matcher.group("name"));
            }
        }
        return new CallKey(CallKey.Kind.PATH, matcher.group("path"));
    }

    @Override
    public String render(CallKey key) {
        return switch (key.kind()) {
            case OFF, CALLER -> key.kind().word();
            default -> key.kind().word() + ":" + key.name();
        };
    }

    @Override
    public String expects() {
        return "header:NAME, cookie:NAME, baggage:NAME, path:/a/*/{part}" + (callers ? ", caller" : "") + " or off";
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of(
                "type",
                "string",
                "pattern",
                "^(off|" + (callers ? "caller|" : "")
                        + "(header|cookie|baggage):[^\\s:]{1,256}|path:(/[^/{}\\s]*)*/\\{[^/{}\\s]*\\})$");
    }
}
