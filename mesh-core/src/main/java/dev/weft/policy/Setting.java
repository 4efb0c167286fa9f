package dev.weft.policy;

/**
 * One thing that policy can set: its key, what it accepts, its built-in default and what it means.
 *
 * <p>Declared once, beside the filter that reads it. Parsing, validation, layering, {@code explain}, the JSON
 * Schema and the reference page all come from here. Compared by identity.
 *
 * @param <T> the type of its value
 */
public final class Setting<T> {
    private final String key;
    private final Scope scope;
    private final SettingType<T> type;
    private final T builtIn;
    private final String doc;

    private Setting(String key, Scope scope, SettingType<T> type, T builtIn, String doc) {
        this.key = key;
        this.scope = scope;
        this.type = type;
        this.builtIn = builtIn;
        this.doc = doc;
    }

    /**
     * @param key dotted path of lower camel case words, such as {@code retry.backoff.base}
     * @param doc one or two sentences for the reference page and the schema
     */
    public static <T> Setting<T> route(String key, SettingType<T> type, T builtIn, String doc) {
        return new Setting<>(key, Scope.ROUTE, type, builtIn, doc);
    }

    /** As {@link #route}, for what can only be set for a service as a whole. */
    public static <T> Setting<T> service(String key, SettingType<T> type, T builtIn, String doc) {
        return new Setting<>(key, Scope.SERVICE, type, builtIn, doc);
    }

    public String key() {
        return key;
    }

    public Scope scope() {
        return scope;
    }

    public SettingType<T> type() {
        return type;
    }

    public T builtIn() {
        return builtIn;
    }

    public String doc() {
        return doc;
    }

    @Override
    public String toString() {
        return key;
    }
}
