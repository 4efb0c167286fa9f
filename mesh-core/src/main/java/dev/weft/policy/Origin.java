package dev.weft.policy;

/**
 * Who set a value, and where.
 *
 * @param layer the layer
 * @param where the place in it: {@code policy.yaml:12:5}, {@code InventoryApi.stock @Timeout}; empty for a
 *     built-in default
 */
public record Origin(Layer layer, String where) {
    public static final Origin BUILT_IN = new Origin(Layer.BUILT_IN, "");

    @Override
    public String toString() {
        return where.isEmpty() ? layer.words() : layer.words() + " (" + where + ")";
    }
}
