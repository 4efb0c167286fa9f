package dev.weft.identity;

import dev.weft.policy.SettingType;
import java.util.Map;

/** A pattern for SPIFFE ids as a policy value. */
record IdPatternType() implements SettingType<IdPattern> {
    @Override
    public IdPattern parse(Object raw) {
        if (!(raw instanceof String text)) {
            throw new IllegalArgumentException("must be one pattern");
        }
        return IdPattern.parse(text);
    }

    @Override
    public String render(IdPattern value) {
        return value.toString();
    }

    @Override
    public String expects() {
        return "a SPIFFE id or a pattern of it, such as spiffe://{trustDomain}/ns/*/dc/*/svc/{service}";
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("type", "string", "pattern", "^(?:" + IdPattern.SYNTAX + ")$");
    }
}
