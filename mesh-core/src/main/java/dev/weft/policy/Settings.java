package dev.weft.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Every setting that a stack reads: what a policy may say. Immutable; made once, when a mesh is built.
 */
public final class Settings {
    /** Knows no setting. */
    public static final Settings NONE = of(List.of());

    private static final Pattern KEY = Pattern.compile("[a-z][a-zA-Z0-9]*(\\.[a-z][a-zA-Z0-9]*)*");
    /** Words of the file format itself that stand where settings stand. */
    private static final Set<String> RESERVED = Set.of("routes", "name", "match");

    private final Map<String, Setting<?>> byKey;
    private final Set<String> groups;

    private Settings(Map<String, Setting<?>> byKey, Set<String> groups) {
        this.byKey = byKey;
        this.groups = groups;
    }

    /**
     * The registry of {@code settings}, in their order; one that several layers read may come several times.
     *
     * @throws IllegalArgumentException when two settings have the same key, a key is the beginning of another, or a
     *     built-in default is not one of its own type: mistakes in code, found at start
     */
    public static Settings of(Collection<? extends Setting<?>> settings) {
        Map<String, Setting<?>> byKey = new LinkedHashMap<>();
        Set<String> groups = new LinkedHashSet<>();
        for (Setting<?> setting : settings) {
            check(setting);
            Setting<?> other = byKey.putIfAbsent(setting.key(), setting);
            if (other != null && other != setting) {
                throw new IllegalArgumentException("two settings have the key " + setting.key());
            }
            for (int dot = setting.key().indexOf('.');
                    dot > 0;
                    dot = setting.key().indexOf('.', dot + 1)) {
                groups.add(setting.key().substring(0, dot));
            }
        }
        for (String group : groups) {
            if (byKey.containsKey(group)) {
                throw new IllegalArgumentException("the setting " + group + " is also the beginning of another's key");
            }
        }
        return new Settings(Collections.unmodifiableMap(byKey), Collections.unmodifiableSet(groups));
    }

    private static <T> void check(Setting<T> setting) {
        String key = setting.key();
        if (!KEY.matcher(key).matches() || RESERVED.contains(key.split("\\.", 2)[0])) {
            throw new IllegalArgumentException("not a key for a setting: " + key);
        }
        Object raw = setting.type().raw(setting.builtIn());
        T back;
        try {
            back = setting.type().parse(raw);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the default of " + key + ", " + raw + ", " + e.getMessage(), e);
        }
        if (!Objects.equals(back, setting.builtIn())) {
            throw new IllegalArgumentException("the default of " + key + " is not what its text " + raw + " means");
        }
    }

    /** All of them, in the order of the stack. */
    public List<Setting<?>> all() {
        return List.copyOf(byKey.values());
    }

    public @Nullable Setting<?> find(String key) {
        return byKey.get(key);
    }

    /**
     * The setting of that key.
     *
     * @throws IllegalArgumentException when there is none; names the nearest
     */
    public Setting<?> require(String key) {
        Setting<?> found = byKey.get(key);
        if (found == null) {
            String nearest = nearest(key);
            throw new IllegalArgumentException(
                    "unknown setting " + key + (nearest == null ? "" : "; did you mean " + nearest + "?"));
        }
        return found;
    }

    /** The known key that {@code key} probably means, or null. */
    public @Nullable String nearest(String key) {
        List<String> candidates = new ArrayList<>(byKey.keySet());
        candidates.addAll(groups);
        String slip = Nearest.of(key, candidates);
        if (slip != null) {
            return slip;
        }
        String tail = "." + key.substring(key.lastIndexOf('.') + 1);
        List<String> sameTail =
                byKey.keySet().stream().filter(known -> known.endsWith(tail)).toList();
        return sameTail.size() == 1 ? sameTail.get(0) : null;
    }

    /** Whether {@code prefix} is the beginning of keys, such as {@code retry}. */
    boolean isGroup(String prefix) {
        return groups.contains(prefix);
    }

    /** The words that may follow {@code group}; the first words of all keys where it is empty. */
    Collection<String> under(String group) {
        Set<String> words = new LinkedHashSet<>();
        String start = group.isEmpty() ? "" : group + ".";
        for (String key : byKey.keySet()) {
            if (key.startsWith(start)) {
                words.add(key.substring(start.length()).split("\\.", 2)[0]);
            }
        }
        return words;
    }

    /** A JSON Schema (draft 2020-12) of the policy file, for editors. */
    public String schema() {
        return SchemaText.of(this);
    }

    /** All settings as a Markdown table. */
    public String reference() {
        return ReferenceText.of(this);
    }
}
