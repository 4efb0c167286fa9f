package dev.weft.simulator.scenario;

import dev.weft.policy.SettingType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The keys of one mapping: each is asked for once, and what nobody has asked for by the end is a mistake. */
final class Fields {
    private final String source;
    private final Node node;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Node> keys = new LinkedHashMap<>();
    private final TreeSet<String> asked = new TreeSet<>();

    private Fields(String source, Node node) {
        this.source = source;
        this.node = node;
    }

    static Fields of(String source, Node node) {
        Fields fields = new Fields(source, node);
        if (!(node instanceof MappingNode mapping)) {
            throw fields.refused(node, "must be a mapping of keys to values");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw fields.refused(tuple.getKeyNode(), "a key must be one word");
            }
            if (fields.keys.put(key.getValue(), key) != null) {
                throw fields.refused(key, "the key '" + key.getValue() + "' stands here twice");
            }
            fields.values.put(key.getValue(), tuple.getValueNode());
        }
        return fields;
    }

    /** A value, in the words of policy; {@code otherwise} where there is none. */
    <T> T get(String key, SettingType<T> type, T otherwise) {
        Node value = value(key);
        return value == null ? otherwise : parse(key, value, type);
    }

    /** A value that must be there. */
    <T> T get(String key, SettingType<T> type) {
        Node value = value(key);
        if (value == null) {
            throw refused(node, "has no " + key + "; expected " + type.expects());
        }
        return parse(key, value, type);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    String text(String key, String otherwise) {
        Node value = value(key);
        return value == null ? otherwise : scalar(key, value);
    }

    String text(String key) {
        Node value = value(key);
        if (value == null) {
            throw refused(node, "has no " + key);
        }
        return scalar(key, value);
    }

    List<String> texts(String key) {
        return each(key, item -> scalar(key, item));
    }

    /** A mapping of its own, or null where there is none. */
    @Nullable
    Fields fields(String key) {
        Node value = value(key);
        return value == null ? null : of(source, value);
    }

    /** What {@code read} makes of each mapping of a list; a single one may stand without its list. */
    <T> List<T> all(String key, Function<Fields, T> read) {
        return each(key, item -> {
            Fields fields = of(source, item);
            T made = read.apply(fields);
            fields.end();
            return made;
        });
    }

    /** The keys in the order of the text. */
    Iterable<String> names() {
        return keys.keySet();
    }

    private <T> List<T> each(String key, Function<Node, T> read) {
        Node value = value(key);
        if (value == null) {
            return List.of();
        }
        List<Node> items = value instanceof SequenceNode list ? list.getValue() : List.of(value);
        List<T> made = new ArrayList<>();
        items.forEach(item -> made.add(read.apply(item)));
        return made;
    }

    private @Nullable Node value(String key) {
        asked.add(key);
        return values.get(key);
    }

    private <T> T parse(String key, Node value, SettingType<T> type) {
        try {
            return type.parse(scalar(key, value));
        } catch (IllegalArgumentException e) {
            throw refused(value, key + " " + e.getMessage() + "; expected " + type.expects());
        }
    }

    private String scalar(String key, Node value) {
        if (value instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw refused(value, key + " must be one value");
    }

    /** All keys have been asked for: what is left was never meant. */
    void end() {
        keys.forEach((name, key) -> {
            if (!asked.contains(name)) {
                throw refused(key, "knows no '" + name + "'; known here are " + String.join(", ", asked));
            }
        });
    }

    /** The value of {@code key} is not accepted. */
    ScenarioRefused refused(String key, String problem) {
        return refused(values.getOrDefault(key, node), problem);
    }

    private ScenarioRefused refused(Node at, String problem) {
        Optional<Mark> mark = at.getStartMark();
        return new ScenarioRefused(source + ":"
                + mark.map(m -> m.getLine() + 1 + ":" + (m.getColumn() + 1)).orElse("1:1") + ": " + problem);
    }
}
