package dev.weft.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a text, up to a number that somebody may still read. */
final class Faults {
    private static final int MOST = 50;

    private final String source;
    private final List<PolicyError> errors = new ArrayList<>();
    private final List<PolicyError> warnings = new ArrayList<>();

    Faults(String source) {
        this.source = source;
    }

    /** Where a value stands, as origins name it. */
    String place(YamlNode at) {
        return source + ":" + at.line() + ":" + at.column();
    }

    void add(YamlNode at, String path, String problem) {
        add(at, path, problem, null, null);
    }

    void add(YamlNode at, String path, String problem, @Nullable String expected, @Nullable String nearest) {
        if (!full()) {
            errors.add(new PolicyError(source, at.line(), at.column(), path, problem, expected, nearest));
        }
    }

    /** The entries of a mapping; none, and a fault, where {@code node} is something else than a mapping or nothing. */
    List<YamlNode.Entry> entries(YamlNode node, String path, String expected) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping.entries();
        }
        if (!(node instanceof YamlNode.Scalar scalar && scalar.isNull())) {
            add(node, path, "must be a mapping of keys to values", expected, null);
        }
        return List.of();
    }

    void warn(YamlNode at, String path, String problem) {
        if (warnings.size() < MOST) {
            warnings.add(new PolicyError(source, at.line(), at.column(), path, problem, null, null));
        }
    }

    /** Whether looking for more is of no use. */
    boolean full() {
        return errors.size() >= MOST;
    }

    List<PolicyError> warnings() {
        return warnings;
    }

    /** @throws PolicyRefused when there was an error; tells them in the order of the text */
    void check() {
        if (!errors.isEmpty()) {
            errors.sort(Comparator.comparingInt(PolicyError::line).thenComparingInt(PolicyError::column));
            throw new PolicyRefused(errors);
        }
    }
}
