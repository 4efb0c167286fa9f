package dev.weft.policy;

import java.util.List;
import java.util.Map;

/** A policy text as values: parsed and found good. Immutable. */
public final class PolicyDocument {
    /** Says nothing. */
    public static final PolicyDocument EMPTY = new PolicyDocument(LayerValues.NONE, Map.of(), List.of());

    private final LayerValues defaults;
    private final Map<String, Section> services;
    private final List<PolicyError> warnings;

    PolicyDocument(LayerValues defaults, Map<String, Section> services, List<PolicyError> warnings) {
        this.defaults = defaults;
        this.services = Map.copyOf(services);
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Reads YAML 1.2 or JSON.
     *
     * @throws PolicyRefused when anything is wrong with it; names all faults that can be told
     */
    public static PolicyDocument parse(PolicyText text, Settings settings) {
        YamlNode root = YamlReader.read(text.source(), SourceText.decode(text));
        return root == null ? EMPTY : new DocumentReader(text.source(), settings).read(root);
    }

    /** What it says for every service. */
    public LayerValues defaults() {
        return defaults;
    }

    Map<String, Section> services() {
        return services;
    }

    /** What is probably not meant, such as a rule that is never reached. The document is usable all the same. */
    public List<PolicyError> warnings() {
        return warnings;
    }

    /** What is said for one service. */
    record Section(LayerValues values, List<Route> routes) {}

    /** What is said for one route of a service. */
    record Route(String name, RouteMatch match, LayerValues values) {}
}
