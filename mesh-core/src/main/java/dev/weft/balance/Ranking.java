package dev.weft.balance;

import dev.weft.endpoint.Node;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which priority a node has: its metadata {@code priority}, 0 where that is no number of 0 to 127, and within it by the
 * distance of its zone.
 *
 * @param own where this process runs; empty where unknown
 * @param order the other zones, nearest first; those not named come last, all alike. Empty where distance is no matter
 */
record Ranking(String own, List<String> order) implements ToIntFunction<Node> {
    static final Setting<List<String>> ORDER = Setting.service(
            "balancer.zone.failover",
            SettingTypes.listOf(SettingTypes.text("[!-~]{1,64}", "a zone's name")),
            List.of(),
            "Zones in order, nearest first: calls leave the own zone for the first of them, and so on, only as too few"
                    + " endpoints are left (priorities). Without it zones share what the own one cannot take.");

    /** Zones make no difference. */
    static final Ranking NONE = new Ranking("", List.of());

    private static final String PRIORITY = "priority";
    private static final int LAST = 127;

    @Override
    public int applyAsInt(Node node) {
        return priority(node.endpoint().metadata().get(PRIORITY)) * (LAST + 1)
                + distance(node.endpoint().zone());
    }

    private static int priority(@Nullable String text) {
        if (text == null || !text.matches("\\d{1,3}")) {
            return 0;
        }
        int number = Integer.parseInt(text);
        return number > LAST ? 0 : number;
    }

    private int distance(String zone) {
        if (order.isEmpty() || zone.equals(own)) {
            return 0;
        }
        int at = order.indexOf(zone);
        return at < 0 ? LAST : Math.min(at + 1, LAST);
    }

    // Written out: a start needs it, and would have to link the compiler's (0146).
    @Override
    public int hashCode() {
        return own.hashCode() * 31 + order.hashCode();
    }
}
