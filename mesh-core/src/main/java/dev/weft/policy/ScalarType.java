package dev.weft.policy;

import java.util.Map;
import java.util.function.Function;

/** A setting type whose values are written as one word. */
record ScalarType<T>(
        Function<String, T> parser, Function<T, String> renderer, String expects, Map<String, Object> schema)
        implements SettingType<T> {

    @Override
    public T parse(Object raw) {
        if (raw instanceof String text) {
            return parser.apply(text.strip());
        }
        throw new IllegalArgumentException("must be one value, not a list");
    }

    @Override
    public String render(T value) {
        return renderer.apply(value);
    }
}
