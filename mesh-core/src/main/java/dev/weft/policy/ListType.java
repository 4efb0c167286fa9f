package dev.weft.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A setting type that takes several values of another. */
record ListType<T>(SettingType<T> item) implements SettingType<List<T>> {
    /** What needs no quotes in a YAML list. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/_.][A-Za-z0-9/_.%+-]*");

    @Override
    public List<T> parse(Object raw) {
        List<?> items = raw instanceof List<?> list ? list : split(((String) raw).strip());
        return items.stream().map(item::parse).toList();
    }

    private static List<String> split(String text) {
        if (text.startsWith("[")) {
            return flow(text);
        }
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }

    private static List<String> flow(String text) {
        YamlNode node;
        try {
            node = YamlReader.read("", text);
        } catch (PolicyRefused e) {
            throw new IllegalArgumentException(
                    "is no list: " + e.errors().get(0).problem(), e);
        }
        if (node instanceof YamlNode.Sequence sequence
                && sequence.items().stream().allMatch(YamlNode.Scalar.class::isInstance)) {
            return sequence.items().stream()
                    .map(scalar -> ((YamlNode.Scalar) scalar).text())
                    .toList();
        }
        throw new IllegalArgumentException("is no list of plain values");
    }

    @Override
    public List<String> raw(List<T> value) {
        return value.stream().map(item::render).toList();
    }

    @Override
    public String render(List<T> value) {
        return raw(value).stream().map(ListType::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "''") + "'";
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
