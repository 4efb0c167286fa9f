package dev.weft.simulator.scenario;

import static dev.weft.simulator.scenario.Amounts.NUMBER;
import static dev.weft.simulator.scenario.Amounts.SHARE;
import static dev.weft.simulator.scenario.Amounts.SOME_TIME;
import static dev.weft.simulator.scenario.Amounts.nanos;

import dev.weft.policy.SettingTypes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the servers, and that they can be what they are said to be together. */
final class FleetReader {
    /** As many ports as one address has: each server has one. */
    private static final int MOST_SERVERS = 65_535;

    /** As good as no bound. */
    static final int MANY = 1_000_000;

    private final Fields root;

    FleetReader(Fields root) {
        this.root = root;
    }

    List<Group> fleet() {
        List<Group> fleet = root.all("fleet", FleetReader::group);
        if (fleet.isEmpty()) {
            throw root.refused("fleet", "needs a fleet, such as fleet: {service: stock, servers: 10, time: 20ms}");
        }
        if (fleet.stream().mapToLong(Group::servers).sum() > MOST_SERVERS) {
            throw root.refused("fleet", "has more than " + MOST_SERVERS + " servers");
        }
        Set<String> names = new HashSet<>();
        for (Group group : fleet) {
            if (!names.add(group.name())) {
                throw root.refused("fleet", "has two groups called '" + group.name() + "'; tell them apart by group");
            }
        }
        refuseCircles(fleet);
        return fleet;
    }

    private static Group group(Fields fields) {
        String service = fields.text("service");
        return new Group(
                fields.text("group", service),
                service,
                fields.get("servers", SettingTypes.count(1, MOST_SERVERS)),
                new ServiceTime(
                        fields.get("spread", SettingTypes.choice(ServiceTime.Kind.class), ServiceTime.Kind.CONSTANT),
                        nanos(fields.get("time", SOME_TIME)),
                        fields.get("sigma", SettingTypes.number(0, 5), 0.5),
                        fields.get("slowShare", SHARE, 0.0),
                        fields.get("slowFactor", NUMBER, 1.0)),
                fields.get("workers", SettingTypes.count(1, MANY), MANY),
                fields.get("queue", SettingTypes.count(0, MANY), MANY),
                fields.text("zone", ""),
                fields.text("calls", ""),
                fields.get("notices", SettingTypes.flag(), false));
    }

    /** A service that calls itself, by whatever way, would never answer. */
    private void refuseCircles(List<Group> fleet) {
        Map<String, Set<String>> calls = new HashMap<>();
        fleet.forEach(group -> calls.put(group.service(), new HashSet<>()));
        for (Group group : fleet) {
            if (!group.calls().isEmpty()) {
                if (!calls.containsKey(group.calls())) {
                    throw root.refused("fleet", group.name() + " calls '" + group.calls() + "', which nobody serves");
                }
                calls.getOrDefault(group.service(), Set.of()).add(group.calls());
            }
        }
        Set<String> reached = Set.copyOf(calls.keySet());
        for (int hops = 0; hops < calls.size(); hops++) {
            reached = reached.stream()
                    .flatMap(service -> calls.getOrDefault(service, Set.of()).stream())
                    .collect(Collectors.toSet());
        }
        if (!reached.isEmpty()) {
            throw root.refused(
                    "fleet", "calls in a circle: " + reached.stream().sorted().collect(Collectors.joining(", ")));
        }
    }
}
