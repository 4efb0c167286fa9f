package dev.weft.simulator.scenario;

import static dev.weft.simulator.scenario.Amounts.NUMBER;
import static dev.weft.simulator.scenario.Amounts.SHARE;
import static dev.weft.simulator.scenario.Amounts.SOME_TIME;
import static dev.weft.simulator.scenario.Amounts.TIME;
import static dev.weft.simulator.scenario.Amounts.nanos;

import dev.weft.policy.SettingTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads scenario files. What is wrong with one ends it with its line and the reason. */
public final class ScenarioReader {
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
            LoadSettings settings = LoadSettings.builder().setLabel(source).build();
            Optional<Node> node = new Compose(settings).composeString(text);
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
        List<Group> fleet = new FleetReader(root).fleet();
        Scenario scenario = new Scenario(
                root.text("name", source.replaceAll(".*[/\\\\]|\\.ya?ml$", "")),
                root.text("about", ""),
                root.get("seed", SettingTypes.count(0, Integer.MAX_VALUE), 1),
                nanos(root.get("duration", SOME_TIME)),
                nanos(root.get("from", TIME, Duration.ZERO)),
                root.get("clients", SettingTypes.count(1, 100_000), 1),
                application(),
                load(),
                nanos(root.get("deadline", SOME_TIME, Duration.ofSeconds(1))),
                root.text("policy", ""),
                nanos(root.get("oneWay", TIME, Duration.ofNanos(100_000))),
                fleet,
                root.all("faults", new FaultReader(fleet)::faults).stream()
                        .flatMap(List::stream)
                        .toList(),
                targets());
        if (scenario.fromNanos() >= scenario.durationNanos()) {
            throw root.refused("from", "from must be less than duration, or nothing is counted");
        }
        root.end();
        return scenario;
    }

    /** Whether these keys are settings the mesh will say. */
    private Map<String, List<String>> application() {
        Fields keys = root.fields("application");
        Map<String, List<String>> application = new LinkedHashMap<>();
        if (keys != null) {
            keys.names().forEach(key -> {
                application.put(key, keys.texts(key));
                if (keys.texts(key).isEmpty()) {
                    throw keys.refused(key, key + " has no value to deal out");
                }
            });
        }
        return application;
    }

    private List<Load> load() {
        List<Load> load = new ArrayList<>(root.all(
                "load",
                fields -> new Load(
                        nanos(fields.get("at", TIME, Duration.ZERO)),
                        fields.get("rate", NUMBER),
                        fields.get("arrivals", SettingTypes.choice(Load.Arrivals.class), Load.Arrivals.POISSON),
                        fields.get("critical", SettingTypes.ratio(0, 0.5), 0.0))));
        load.sort(Comparator.comparingLong(Load::fromNanos));
        if (load.isEmpty()) {
            throw root.refused("load", "needs a load, such as load: {rate: 500}");
        }
        return load;
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
            case COUNT, RATIO, RATE -> fields.get(key, NUMBER);
        };
    }
}
