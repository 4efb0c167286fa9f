package dev.weft.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** From the nodes of a text to the policy that it means. */
final class DocumentReader {
    private static final List<String> TOP = List.of("weft", "defaults", "services");
    private static final String VERSION = "1";

    private final Settings settings;
    private final Faults faults;
    private final SectionReader sections;
    private final RouteReader routes;

    DocumentReader(String source, Settings settings) {
        this.settings = settings;
        this.faults = new Faults(source);
        this.sections = new SectionReader(settings, faults);
        this.routes = new RouteReader(faults, sections);
    }

    PolicyDocument read(YamlNode root) {
        LayerValues defaults = LayerValues.NONE;
        Map<String, PolicyDocument.Section> services = Map.of();
        for (YamlNode.Entry entry : faults.entries(root, "", "a policy: defaults, services")) {
            String key = entry.key().text();
            switch (key) {
                case "weft" -> version(entry.value());
                case "defaults" ->
                    defaults = sections.read(faults.entries(entry.value(), key, "settings"), key, Layer.DEFAULTS);
                case "services" -> services = services(entry.value());
                default -> unknown(entry.key());
            }
        }
        faults.check();
        return new PolicyDocument(defaults, services, faults.warnings());
    }

    private void version(YamlNode node) {
        if (!(node instanceof YamlNode.Scalar scalar) || !scalar.text().equals(VERSION)) {
            faults.add(node, "weft", "this version of Weft reads policies of format 1", "weft: 1", null);
        }
    }

    private void unknown(YamlNode.Scalar key) {
        String word = key.text();
        if (settings.find(word) != null || settings.isGroup(word.split("\\.", 2)[0])) {
            faults.add(key, PlainWords.of(word), "settings stand under defaults or under a service");
        } else {
            faults.add(key, PlainWords.of(word), "unknown key", "weft, defaults or services", Nearest.of(word, TOP));
        }
    }

    private Map<String, PolicyDocument.Section> services(YamlNode node) {
        Map<String, PolicyDocument.Section> services = new HashMap<>();
        for (YamlNode.Entry entry : faults.entries(node, "services", "services by name")) {
            String name = entry.key().text();
            String path = "services." + PlainWords.of(name);
            if (!RouteText.isService(name)) {
                faults.add(entry.key(), path, "is no name of a service: letters, digits, dot, dash and underscore");
            }
            services.put(name, service(entry.value(), path));
        }
        return services;
    }

    private PolicyDocument.Section service(YamlNode node, String path) {
        List<YamlNode.Entry> own = new ArrayList<>();
        List<PolicyDocument.Route> rules = List.of();
        for (YamlNode.Entry entry : faults.entries(node, path, "settings and routes")) {
            if (entry.key().text().equals("routes")) {
                rules = routes.read(entry.value(), path + ".routes");
            } else {
                own.add(entry);
            }
        }
        return new PolicyDocument.Section(sections.read(own, path, Layer.SERVICE), rules);
    }
}
