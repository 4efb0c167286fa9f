package dev.weft.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the routes of a service, in their order. */
final class RouteReader {
    /** Rules are tried one after the other for each call. */
    private static final int MOST = 1_000;

    private final Faults faults;
    private final SectionReader sections;

    RouteReader(Faults faults, SectionReader sections) {
        this.faults = faults;
        this.sections = sections;
    }

    List<PolicyDocument.Route> read(YamlNode node, String path) {
        if (node instanceof YamlNode.Scalar scalar && scalar.isNull()) {
            return List.of();
        }
        if (!(node instanceof YamlNode.Sequence sequence)) {
            faults.add(node, path, "must be a list", "a list of routes, each with name and match", null);
            return List.of();
        }
        if (sequence.items().size() > MOST) {
            faults.add(node, path, "has " + sequence.items().size() + " routes; a service may have " + MOST);
            return List.of();
        }
        List<PolicyDocument.Route> routes = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < sequence.items().size() && !faults.full(); i++) {
            YamlNode item = sequence.items().get(i);
            PolicyDocument.Route route = route(item, path + "[" + i + "]");
            if (!route.name().isEmpty() && !names.add(route.name())) {
                faults.add(item, path + "[" + i + "]", "another route is called " + route.name() + " already");
            }
            warnIfUnreachable(route, routes, item, path + "[" + i + "]");
            routes.add(route);
        }
        return routes;
    }

    private void warnIfUnreachable(
            PolicyDocument.Route route, List<PolicyDocument.Route> earlier, YamlNode at, String path) {
        for (PolicyDocument.Route before : earlier) {
            if (before.match().covers(route.match())) {
                faults.warn(
                        at,
                        path,
                        "the route " + route.name() + " is never reached: " + before.name()
                                + " above it takes all its calls");
                return;
            }
        }
    }

    private PolicyDocument.Route route(YamlNode node, String path) {
        String name = "";
        RouteMatch match = null;
        List<YamlNode.Entry> own = new ArrayList<>();
        for (YamlNode.Entry entry : faults.entries(node, path, "name, match and settings")) {
            switch (entry.key().text()) {
                case "name" -> name = name(entry.value(), path + ".name");
                case "match" -> match = match(entry.value(), path + ".match");
                default -> own.add(entry);
            }
        }
        if (name == null) {
            name = "";
        } else if (name.isEmpty()) {
            faults.add(node, path, "has no name", "name: a word that metrics and explain show", null);
        }
        if (match == null) {
            faults.add(node, path, "has no match", "match with method, path or both; path: /** takes every call", null);
            match = new RouteMatch(List.of(), null);
        }
        return new PolicyDocument.Route(name, match, sections.read(own, path, Layer.ROUTE));
    }

    private @Nullable String name(YamlNode node, String path) {
        if (node instanceof YamlNode.Scalar scalar && RouteText.isName(scalar.text())) {
            return scalar.text();
        }
        faults.add(
                node, path, "is no name for a route", "up to 64 letters, digits, dots, dashes and underscores", null);
        return null;
    }

    private RouteMatch match(YamlNode node, String path) {
        List<String> methods = List.of();
        PathPattern pattern = null;
        List<YamlNode.Entry> entries = faults.entries(node, path, "method, path or both");
        for (YamlNode.Entry entry : entries) {
            switch (entry.key().text()) {
                case "method" -> methods = methods(entry.value(), path + ".method");
                case "path" -> pattern = pattern(entry.value(), path + ".path");
                default -> {
                    String word = PlainWords.of(entry.key().text());
                    faults.add(
                            entry.key(),
                            path + "." + word,
                            "unknown key",
                            "method or path",
                            Nearest.of(word, List.of("method", "path")));
                }
            }
        }
        if (entries.isEmpty()) {
            faults.add(node, path, "names no condition", "method, path or both; path: /** takes every call", null);
        }
        return new RouteMatch(methods, pattern);
    }

    private List<String> methods(YamlNode node, String path) {
        List<YamlNode> items = node instanceof YamlNode.Sequence sequence ? sequence.items() : List.of(node);
        List<String> methods = new ArrayList<>();
        for (YamlNode item : items) {
            if (item instanceof YamlNode.Scalar scalar && RouteText.isMethod(scalar.text())) {
                methods.add(scalar.text());
            } else {
                faults.add(item, path, "is no method", "GET, POST or another in capitals, or a list of them", null);
            }
        }
        if (items.isEmpty()) {
            faults.add(node, path, "is an empty list, which no call matches", "one method or several", null);
        }
        return List.copyOf(methods);
    }

    private @Nullable PathPattern pattern(YamlNode node, String path) {
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.isNull()) {
            faults.add(node, path, "must be text", "a path such as /items/*/stock or /items/**", null);
            return null;
        }
        try {
            return PathPattern.parse(scalar.text());
        } catch (IllegalArgumentException e) {
            faults.add(node, path, "the path " + PlainWords.quote(scalar.text()) + " " + e.getMessage());
            return null;
        }
    }
}
