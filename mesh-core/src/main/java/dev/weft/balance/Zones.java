package dev.weft.balance;

import dev.weft.endpoint.Node;
import dev.weft.endpoint.Roster;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps calls in the caller's own zone as far as it can take them (Envoy's zone-aware routing): where the zone has as
 * large a part of the endpoints as of the callers, all of them; else the part that fits, and the rest goes to zones that
 * have more endpoints than callers, in proportion to what is free there.
 *
 * @param own where this process runs
 * @param callers how many callers each zone has; empty where nobody has said, and then they are taken to be spread as
 *     endpoints usually are
 */
record Zones(String own, Map<String, Double> callers, Usual usual) {
    static final Setting<String> OWN = Setting.service(
            "balancer.zone.own",
            SettingTypes.text("[!-~]{1,64}", "a zone's name"),
            "unknown",
            "Where this process runs; calls stay in this zone as far as it can take them. Set by the application.");
    static final Setting<List<String>> CALLERS = Setting.service(
            "balancer.zone.callers",
            SettingTypes.listOf(SettingTypes.text("[!-<>-~]{1,64}=[0-9]{1,9}", "zone=number")),
            List.of(),
            "How many callers each zone has, such as [eu-1=20, eu-2=10]. Without it they are taken to be spread as the"
                    + " endpoints are, or were in the last ten minutes.");

    /** With fewer endpoints parts are too coarse to be kept. */
    private static final int FEWEST = 6;

    static Map<String, Double> parse(List<String> callers) {
        Map<String, Double> parsed = new HashMap<>();
        for (String one : callers) {
            int equals = one.lastIndexOf('=');
            parsed.put(one.substring(0, equals), Double.valueOf(one.substring(equals + 1)));
        }
        return parsed;
    }

    /** Which part of the callers each zone has. To be asked at each change. */
    Map<String, Double> callers(List<Node> all) {
        return parts(
                callers.isEmpty() ? usual.after(weights(Share.of(Roster.of(all).staying()))) : callers);
    }

    /** @param callersPart what {@link #callers(List)} says of all nodes */
    List<Group> split(Level level, Map<String, Double> callersPart) {
        Group all = Group.of(level);
        List<Group> whole = List.of(all);
        List<Share> shares = all.shares();
        if (level.candidates().panic() || level.nodes().size() < FEWEST) {
            return whole;
        }
        Map<String, Double> endpointsPart = parts(weights(shares));
        double here = endpointsPart.getOrDefault(own, 0.0);
        double callersHere = callersPart.getOrDefault(own, 0.0);
        if (callersHere == 0 && here == 0) {
            return whole;
        }
        Map<String, Double> parts = new LinkedHashMap<>();
        double stays = here >= callersHere ? 1 : here / callersHere;
        parts.put(own, stays);
        if (stays < 1) {
            Map<String, Double> free = new LinkedHashMap<>();
            endpointsPart.forEach((zone, part) -> {
                double more = part - callersPart.getOrDefault(zone, 0.0);
                if (!zone.equals(own) && more > 0) {
                    free.put(zone, more);
                }
            });
            parts(free).forEach((zone, part) -> parts.put(zone, (1 - stays) * part));
        }
        List<Group> groups = new ArrayList<>();
        parts.forEach((zone, part) -> {
            List<Share> there = shares.stream()
                    .filter(share -> share.node().endpoint().zone().equals(zone))
                    .toList();
            if (part > 0 && !there.isEmpty()) {
                groups.add(new Group(level.part() * part, there));
            }
        });
        return groups.isEmpty() ? whole : groups;
    }

    private static Map<String, Double> weights(List<Share> shares) {
        Map<String, Double> weights = new LinkedHashMap<>();
        shares.forEach(share -> weights.merge(share.node().endpoint().zone(), share.weight(), Double::sum));
        return weights;
    }

    private static Map<String, Double> parts(Map<String, Double> of) {
        double whole = of.values().stream().mapToDouble(x -> x).sum();
        Map<String, Double> parts = new LinkedHashMap<>();
        of.forEach((zone, some) -> parts.put(zone, whole == 0 ? 0 : some / whole));
        return parts;
    }
}
