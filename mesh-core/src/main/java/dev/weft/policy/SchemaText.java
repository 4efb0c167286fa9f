package dev.weft.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/** The JSON Schema of the policy file. */
final class SchemaText {
    private SchemaText() {}

    static String of(Settings settings) {
        Map<String, Object> service = object(tree(settings, setting -> true));
        properties(service)
                .put(
                        "routes",
                        map(
                                "type",
                                "array",
                                "description",
                                "The first rule that matches wins.",
                                "items",
                                map("$ref", "#/$defs/route")));
        Map<String, Object> route = object(tree(settings, setting -> setting.scope() == Scope.ROUTE));
        properties(route)
                .put(
                        "name",
                        map(
                                "type",
                                "string",
                                "pattern",
                                RouteText.NAME_PATTERN,
                                "description",
                                "What metrics, logs and explain call this route."));
        properties(route).put("match", match());
        route.put("required", List.of("name", "match"));
        Map<String, Object> document = object(new LinkedHashMap<>());
        Map<String, Object> top = properties(document);
        top.put("weft", map("const", 1, "description", "The version of this format."));
        top.put("defaults", map("$ref", "#/$defs/section", "description", "For every service."));
        top.put(
                "services",
                map(
                        "type",
                        "object",
                        "description",
                        "By the exact name of the service.",
                        "propertyNames",
                        map("pattern", RouteText.SERVICE_PATTERN),
                        "additionalProperties",
                        map("$ref", "#/$defs/service")));
        Map<String, Object> schema =
                map("$schema", "https://json-schema.org/draft/2020-12/schema", "title", "Weft policy");
        schema.putAll(document);
        schema.put(
                "$defs", map("section", object(tree(settings, setting -> true)), "service", service, "route", route));
        return json(schema);
    }

    private static Map<String, Object> match() {
        Map<String, Object> method = map("type", "string", "pattern", RouteText.METHOD_PATTERN);
        Map<String, Object> match = object(map(
                "method",
                        map(
                                "description",
                                "One method or several.",
                                "anyOf",
                                List.of(method, map("type", "array", "minItems", 1, "items", method))),
                "path",
                        map(
                                "type",
                                "string",
                                "description",
                                "The path without its query: * stands for one segment, ** at the end for all that follow."
                                        + " A gRPC method's full name is a path.")));
        match.put("minProperties", 1);
        return match;
    }

    /** The settings as nested properties, as they stand in a file. */
    private static Map<String, Object> tree(Settings settings, Predicate<Setting<?>> wanted) {
        Map<String, Object> root = new LinkedHashMap<>();
        for (Setting<?> setting : settings.all()) {
            if (wanted.test(setting)) {
                String[] words = setting.key().split("\\.", -1);
                Map<String, Object> level = root;
                for (int i = 0; i < words.length - 1; i++) {
                    level = properties(level.computeIfAbsent(words[i], word -> object(new LinkedHashMap<>())));
                }
                level.put(words[words.length - 1], leaf(setting));
            }
        }
        return root;
    }

    private static Map<String, Object> leaf(Setting<?> setting) {
        Map<String, Object> leaf = map("description", setting.doc());
        leaf.putAll(sorted(setting.type().schema()));
        leaf.put(
                "default",
                Objects.requireNonNull(
                        new Load(LoadSettings.builder().build()).loadFromString(ReferenceText.builtIn(setting))));
        return leaf;
    }

    /** A type's own map may come in any order; what is published has one. */
    private static Map<String, Object> sorted(Map<?, ?> schema) {
        Map<String, Object> sorted = new TreeMap<>();
        schema.forEach((key, value) -> sorted.put((String) key, inner(value)));
        return sorted;
    }

    private static Object inner(Object value) {
        if (value instanceof Map<?, ?> map) {
            return sorted(map);
        }
        return value instanceof List<?> list
                ? list.stream().map(SchemaText::inner).toList()
                : value;
    }

    private static Map<String, Object> object(Map<String, Object> properties) {
        return map("type", "object", "properties", properties, "additionalProperties", false);
    }

    @SuppressWarnings("unchecked") // made by object() above
    private static Map<String, Object> properties(Object object) {
        return (Map<String, Object>) Objects.requireNonNull(((Map<String, Object>) object).get("properties"));
    }

    static Map<String, Object> map(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private static String json(Map<String, Object> schema) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.FLOW)
                .setDefaultScalarStyle(ScalarStyle.JSON_SCALAR_STYLE)
                .setMultiLineFlow(true)
                .setDereferenceAliases(true)
                .setWidth(Integer.MAX_VALUE)
                .setSplitLines(false)
                .build();
        return new Dump(settings).dumpToString(schema);
    }
}
