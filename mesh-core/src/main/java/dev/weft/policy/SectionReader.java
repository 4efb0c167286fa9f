package dev.weft.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads settings, nested by the words of their keys. */
final class SectionReader {
    private final Settings settings;
    private final Faults faults;

    SectionReader(Settings settings, Faults faults) {
        this.settings = settings;
        this.faults = faults;
    }

    /**
     * The settings of one section.
     *
     * @param entries without the section's own words, such as {@code routes}
     * @param path where the section stands in the document
     */
    LayerValues read(List<YamlNode.Entry> entries, String path, Layer layer) {
        LayerValues.Builder values = LayerValues.builder(layer);
        fill(entries, "", path, layer, values);
        return values.build();
    }

    private void fill(
            List<YamlNode.Entry> entries, String group, String path, Layer layer, LayerValues.Builder values) {
        for (YamlNode.Entry entry : entries) {
            if (faults.full()) {
                return;
            }
            String word = entry.key().text();
            String key = group.isEmpty() ? word : group + "." + word;
            String here = path + "." + PlainWords.of(word);
            Setting<?> setting = word.contains(".") ? null : settings.find(key);
            if (setting != null) {
                set(setting, entry, here, layer, values);
            } else if (!word.contains(".") && settings.isGroup(key)) {
                fillGroup(entry.value(), key, here, layer, values);
            } else {
                unknown(entry.key(), group, key, here);
            }
        }
    }

    private void fillGroup(YamlNode node, String key, String path, Layer layer, LayerValues.Builder values) {
        if (node instanceof YamlNode.Mapping mapping) {
            fill(mapping.entries(), key, path, layer, values);
        } else if (!(node instanceof YamlNode.Scalar scalar && scalar.isNull())) {
            faults.add(node, path, "must be a group of settings", "one or more of " + words(key), null);
        }
    }

    private void unknown(YamlNode.Scalar at, String group, String key, String path) {
        if (at.text().contains(".") && settings.find(key) != null) {
            faults.add(at, path, "is not written with dots: nest it, as in " + nested(key));
        } else if (at.text().equals("<<")) {
            faults.add(at, path, "merge keys are not used in policies; write the values out");
        } else {
            String nearest = settings.nearest(key);
            faults.add(at, path, "unknown key", nearest == null ? "one of " + words(group) : null, nearest);
        }
    }

    private <T> void set(
            Setting<T> setting, YamlNode.Entry entry, String path, Layer layer, LayerValues.Builder values) {
        if (layer == Layer.ROUTE && setting.scope() == Scope.SERVICE) {
            faults.add(
                    entry.key(),
                    path,
                    setting.key() + " is set for a whole service, not for a route: move it up to"
                            + " the service, beside its routes, or to defaults");
            return;
        }
        Object raw = raw(setting, entry.value(), path);
        if (raw == null) {
            return;
        }
        try {
            values.parse(setting, raw, faults.place(entry.value()));
        } catch (RuntimeException e) {
            // A type of somebody else's may throw anything; its policy is refused all the same, nothing more.
            faults.add(
                    entry.value(),
                    path,
                    PlainWords.quote(written(raw)) + " " + e.getMessage(),
                    setting.type().expects(),
                    null);
        }
    }

    private @Nullable Object raw(Setting<?> setting, YamlNode node, String path) {
        if (node instanceof YamlNode.Scalar scalar) {
            if (scalar.isNull()) {
                faults.add(node, path, "has no value", setting.type().expects(), null);
                return null;
            }
            return scalar.text();
        }
        if (node instanceof YamlNode.Sequence sequence) {
            List<String> items = new ArrayList<>();
            for (YamlNode item : sequence.items()) {
                if (!(item instanceof YamlNode.Scalar scalar) || scalar.isNull()) {
                    faults.add(
                            item,
                            path,
                            "has an item that is no plain value",
                            setting.type().expects(),
                            null);
                    return null;
                }
                items.add(scalar.text());
            }
            return List.copyOf(items);
        }
        faults.add(
                node,
                path,
                "must be a value, not a group of keys",
                setting.type().expects(),
                null);
        return null;
    }

    private static String written(Object raw) {
        return raw instanceof List<?> list ? list.toString() : (String) raw;
    }

    private String words(String group) {
        return String.join(", ", settings.under(group));
    }

    private static String nested(String key) {
        String[] words = key.split("\\.", -1);
        return String.join(": {", words) + ": ..." + "}".repeat(words.length - 1);
    }
}
