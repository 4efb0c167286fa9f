package dev.weft.simulator.scenario;

import dev.weft.policy.SettingType;
import dev.weft.policy.SettingTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads scenario files. What is wrong with one ends it with its line and the reason. */
public final class ScenarioReader {
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final SettingType<Duration> TIME = SettingTypes.duration(Duration.ZERO, LONGEST);
    private static final SettingType<Duration> SOME_TIME = SettingTypes.duration(Duration.ofNanos(1), LONGEST);
    private static final SettingType<Integer> COUNT = SettingTypes.count(1, 1_000_000);
    private static final SettingType<Double> RATE = SettingTypes.number(0, 10_000_000);
    private static final SettingType<Double> SHARE = SettingTypes.ratio(0, 1);
    private static final SettingType<Boolean> FLAG = SettingTypes.flag();
    /** As many ports as one address has: each server has one. */
    private static final int MOST_SERVERS = 65_535;

    private final Fields root;

    private ScenarioReader(Fields root) {
        this.root = root;
    }

    /**
     * Reads a scenario.
     *
     * @param source its name, for messages
     * @throws ScenarioRefused when it cannot be used
     */
    public static Scenario read(String source, String text) {
        try {
            Optional<Node> node =
                    new Compose(LoadSettings.builder().setLabel(source).build()).composeString(text);
            if (node.isEmpty()) {
                throw new ScenarioRefused(source + ":1:1: says nothing");
            }
            return new ScenarioReader(Fields.of(source, node.get())).scenario(source);
        } catch (MarkedYamlEngineException e) {
            String place = e.getProblemMark()
                    .map(mark -> (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
                    .orElse("1:1");
            throw new ScenarioRefused(source + ":" + place + ": cannot be read: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new ScenarioRefused(source + ":1:1: cannot be read: " + e.getMessage());
        }
    }

    private Scenario scenario(String source) {
        List<Group> fleet = fleet();
        Scenario scenario = new Scenario(
                root.text("name", source.replaceAll(".*[/\\\\]|\\.ya?ml$", "")),
                root.text("about", ""),
                root.get("seed", SettingTypes.count(0, Integer.MAX_VALUE), 1),
                nanos(root.get("duration", SOME_TIME)),
                nanos(root.get("from", TIME, Duration.ZERO)),
                root.get("clients", SettingTypes.count(1, 100_000), 1),
                root.texts("zones"),
                load(),
                nanos(root.get("deadline", SOME_TIME, Duration.ofSeconds(1))),
                root.text("policy", ""),
                nanos(root.get("oneWay", TIME, Duration.ofNanos(100_000))),
                fleet,
                root.all("faults", fields -> fault(fields, fleet)),
                targets());
        if (scenario.fromNanos() >= scenario.durationNanos()) {
            throw root.refused("from", "from must be less than duration, or nothing is counted");
        }
        root.end();
        return scenario;
    }

    private List<Load> load() {
        List<Load> load = new ArrayList<>(root.all(
                "load",
                fields -> new Load(
                        nanos(fields.get("at", TIME, Duration.ZERO)),
                        fields.get("rate", RATE),
                        fields.get("arrivals", SettingTypes.choice(Load.Arrivals.class), Load.Arrivals.POISSON),
                        fields.get("critical", SettingTypes.ratio(0, 0.5), 0.0))));
        load.sort(Comparator.comparingLong(Load::fromNanos));
        if (load.isEmpty()) {
            throw root.refused("load", "needs a load, such as load: {rate: 500}");
        }
        return load;
    }

    private List<Group> fleet() {
        List<Group> fleet = root.all("fleet", ScenarioReader::group);
        if (fleet.isEmpty()) {
            throw root.refused("fleet", "needs a fleet, such as fleet: {service: stock, servers: 10, time: 20ms}");
        }
        if (fleet.stream().mapToInt(Group::servers).sum() > MOST_SERVERS) {
            throw root.refused("fleet", "has more than " + MOST_SERVERS + " servers");
        }
        Set<String> names = new HashSet<>();
        for (Group group : fleet) {
            if (!names.add(group.name())) {
                throw root.refused(
                        "fleet", "has two groups called '" + group.name() + "'; give each a group: of its own");
            }
        }
        mustEnd(fleet);
        return fleet;
    }

    /** A service that calls itself, by whatever way, would never answer. */
    private void mustEnd(List<Group> fleet) {
        Map<String, Set<String>> calls = new HashMap<>();
        fleet.forEach(group -> calls.computeIfAbsent(group.service(), s -> new HashSet<>()));
        for (Group group : fleet) {
            if (!group.calls().isEmpty()) {
                if (!calls.containsKey(group.calls())) {
                    throw root.refused("fleet", group.name() + " calls '" + group.calls() + "', which nobody serves");
                }
                calls.getOrDefault(group.service(), Set.of()).add(group.calls());
            }
        }
        Set<String> reached = Set.copyOf(calls.keySet());
        for (int i = 0; i <= calls.size(); i++) {
            reached = reached.stream()
                    .flatMap(service -> calls.getOrDefault(service, Set.of()).stream())
                    .collect(Collectors.toSet());
        }
        if (!reached.isEmpty()) {
            throw root.refused(
                    "fleet",
                    "calls in a circle: "
                            + String.join(", ", reached.stream().sorted().toList()));
        }
    }

    private static Group group(Fields fields) {
        String service = fields.text("service");
        ServiceTime time = time(fields);
        int workers = fields.get("workers", COUNT, 1_000_000);
        return new Group(
                fields.text("group", service),
                service,
                fields.get("servers", SettingTypes.count(1, MOST_SERVERS)),
                time,
                workers,
                fields.get("queue", SettingTypes.count(0, 1_000_000), 1_000_000),
                fields.text("zone", ""),
                fields.text("calls", ""),
                fields.get("notices", FLAG, false));
    }

    private static ServiceTime time(Fields fields) {
        return new ServiceTime(
                fields.get("spread", SettingTypes.choice(ServiceTime.Kind.class), ServiceTime.Kind.CONSTANT),
                nanos(fields.get("time", SOME_TIME)),
                fields.get("sigma", SettingTypes.number(0, 5), 0.5),
                fields.get("slowShare", SHARE, 0.0),
                fields.get("slowFactor", SettingTypes.number(1, 1_000_000), 1.0));
    }

    private static Fault fault(Fields fields, List<Group> fleet) {
        String name = fields.text("group", fleet.get(0).name());
        Group group = fleet.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> fields.refused("group", "there is no group '" + name + "' in the fleet"));
        Fault.Kind kind = fields.get("kind", SettingTypes.choice(Fault.Kind.class));
        boolean drain = kind == Fault.Kind.DRAIN;
        boolean gone = drain || kind == Fault.Kind.DIE;
        Fault fault = new Fault(
                kind,
                nanos(fields.get("at", TIME)),
                nanos(fields.get("for", SOME_TIME, LONGEST)),
                name,
                fields.get("servers", SettingTypes.count(1, group.servers()), group.servers()),
                kind == Fault.Kind.SLOW ? nanos(fields.get("time", SOME_TIME)) : 0,
                kind == Fault.Kind.FAIL ? fields.get("status", SettingTypes.count(400, 599), 500) : 0,
                kind == Fault.Kind.FAIL ? fields.get("share", SHARE, 1.0) : 1,
                drain ? nanos(fields.get("every", TIME, Duration.ZERO)) : 0,
                gone && fields.has("news") ? nanos(fields.get("news", TIME)) : -1);
        if (drain && fault.newsNanos() > fault.atNanos()) {
            throw fields.refused("news", "news of the first drain would come before the world begins");
        }
        return fault;
    }

    private List<Target> targets() {
        Fields wanted = root.fields("targets");
        if (wanted == null) {
            return List.of();
        }
        List<Target> targets = new ArrayList<>();
        for (Measure measure : Measure.values()) {
            Fields fields = wanted.fields(measure.key());
            if (fields != null) {
                targets.add(new Target(measure, value(fields, "required", measure), value(fields, "aim", measure)));
                fields.end();
            }
        }
        wanted.end();
        return targets;
    }

    private static double value(Fields fields, String key, Measure measure) {
        if (!fields.has(key)) {
            return Double.NaN;
        }
        return switch (measure.unit()) {
            case SHARE -> fields.get(key, SHARE);
            case TIME -> nanos(fields.get(key, TIME));
            case COUNT, RATIO, RATE -> fields.get(key, RATE);
        };
    }

    private static long nanos(Duration duration) {
        return duration.toNanos();
    }
}
