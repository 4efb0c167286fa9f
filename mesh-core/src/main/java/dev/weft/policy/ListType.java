package dev.weft.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A setting type that takes several values of another. */
record ListType<T>(SettingType<T> item) implements SettingType<List<T>> {
    @Override
    public List<T> parse(Object raw) {
        List<?> items = raw instanceof List<?> list ? list : split((String) raw);
        return items.stream().map(item::parse).toList();
    }

    private static List<String> split(String text) {
        String inner = text.strip();
        if (inner.startsWith("[") && inner.endsWith("]")) {
            inner = inner.substring(1, inner.length() - 1).strip();
        }
        return inner.isEmpty()
                ? List.of()
                : Arrays.stream(inner.split(",", -1)).map(String::strip).toList();
    }

    @Override
    public String render(List<T> value) {
        return value.stream().map(item::render).collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public String expects() {
        return "a list; each item " + item.expects();
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("anyOf", List.of(Map.of("type", "array", "items", item.schema()), item.schema()));
    }
}
