package dev.weft.balance;

import dev.weft.policy.SettingType;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@link HashKey} as policy writes it: {@code header:x-user}, {@code path:/items/{id}}, {@code off}. */
final class HashKeyType implements SettingType<HashKey> {
    private static final Pattern KEY =
            Pattern.compile("(?<kind>header|cookie|baggage):(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256})"
                    + "|path:(?<path>(/[^/{}\\s]*)*/\\{[^/{}\\s]*})");

    @Override
    public HashKey parse(Object raw) {
        if ("off".equals(raw)) {
            return HashKey.NONE;
        }
        if (!(raw instanceof String text)) {
            throw new IllegalArgumentException("must be text");
        }
        Matcher matcher = KEY.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    text.startsWith("path:") ? "needs a path that ends with its {part}" : "names no key");
        }
        for (HashKey.Kind kind : HashKey.Kind.values()) {
            if (kind.word().equals(matcher.group("kind"))) {
                return new HashKey(kind, matcher.group("name"));
            }
        }
        return new HashKey(HashKey.Kind.PATH, matcher.group("path"));
    }

    @Override
    public String render(HashKey key) {
        return key.equals(HashKey.NONE) ? "off" : key.kind().word() + ":" + key.name();
    }

    @Override
    public String expects() {
        return "header:NAME, cookie:NAME, baggage:NAME, path:/a/*/{part} or off";
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of(
                "type",
                "string",
                "pattern",
                "^(off|(header|cookie|baggage):[^\\s:]{1,256}|path:(/[^/{}\\s]*)*/\\{[^/{}\\s]*\\})$");
    }
}
