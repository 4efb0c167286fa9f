package dev.weft.policy;

/** Who may set a value, weakest first; for each setting the last layer that speaks wins. */
public enum Layer {
    BUILT_IN("built-in default"),
    ANNOTATION("annotation"),
    APPLICATION("application"),
    DEFAULTS("policy defaults"),
    SERVICE("policy service"),
    ROUTE("policy route"),
    REQUEST("request");

    private final String words;

    Layer(String words) {
        this.words = words;
    }

    /** As people read it in {@code explain}. */
    public String words() {
        return words;
    }
}
