package dev.weft.policy;

import java.util.List;

/** A piece of a policy text and where it stands, counted from 1. */
sealed interface YamlNode {
    int line();

    int column();

    /** @param plain whether it was written without quotes */
    record Scalar(String text, boolean plain, int line, int column) implements YamlNode {
        /** Nothing at all, as YAML has it. */
        boolean isNull() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, int line, int column) implements YamlNode {}

    /** A mapping; keys are unique. */
    record Mapping(List<Entry> entries, int line, int column) implements YamlNode {}

    /** A key and its value. */
    record Entry(Scalar key, YamlNode value) {}
}
