package dev.weft.bench.faults;

import dev.weft.bench.Table;
import dev.weft.bench.faults.peers.Peers;
import dev.weft.simulator.measure.Results;
import dev.weft.simulator.scenario.Measure;
import dev.weft.simulator.scenario.Scenario;
import dev.weft.simulator.scenario.Target;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One scenario, all clients side by side, as Markdown. */
final class Comparison {
    private static final Set<Measure> ALWAYS = EnumSet.of(
            Measure.SUCCESS,
            Measure.P50,
            Measure.P99,
            Measure.P999,
            Measure.MAX,
            Measure.AMPLIFICATION,
            Measure.SHARE,
            Measure.ATTEMPTS_OUT,
            Measure.OUT,
            Measure.BACK);

    private final Map<Peers, Results> results;
    private final Scenario scenario;

    Comparison(Map<Peers, Results> results) {
        this.results = results;
        this.scenario = results.values().iterator().next().scenario();
    }

    String markdown() {
        List<Measure> measures = measures();
        List<String> heads = new ArrayList<>(List.of("client"));
        measures.forEach(measure -> heads.add(measure.label()));
        heads.add("verdict");
        Table table = new Table(heads.toArray(String[]::new));
        table.row(wanted(measures));
        results.forEach((peer, result) -> {
            List<String> row = new ArrayList<>(List.of(peer.title()));
            measures.forEach(measure -> row.add(known(peer, measure) ? measure.text(result.value(measure)) : "-"));
            row.add(verdict(peer, result));
            table.row(row.toArray(String[]::new));
        });
        return "## " + scenario.name() + "\n\n" + scenario.about() + "\n\n" + table.markdown();
    }

    /** Those that are always shown, where there is one; and those that something is wanted of. */
    private List<Measure> measures() {
        Set<Measure> shown = EnumSet.copyOf(ALWAYS);
        shown.removeIf(measure -> results.values().stream().allMatch(result -> Double.isNaN(result.value(measure))));
        scenario.targets().forEach(target -> shown.add(target.measure()));
        return List.copyOf(shown);
    }

    private String[] wanted(List<Measure> measures) {
        List<String> row = new ArrayList<>(List.of("*required; aim*"));
        for (Measure measure : measures) {
            row.add(scenario.targets().stream()
                    .filter(target -> target.measure() == measure)
                    .findFirst()
                    .map(Comparison::wanted)
                    .orElse(""));
        }
        row.add("");
        return row.toArray(String[]::new);
    }

    private static String wanted(Target target) {
        Measure measure = target.measure();
        String aim = Double.isNaN(target.aim()) ? "" : "; " + measure.text(target.aim());
        return (Double.isNaN(target.required()) ? "-" : measure.text(target.required())) + aim;
    }

    private static boolean known(Peers peer, Measure measure) {
        return measure != Measure.REFUSED || peer.countsRefused();
    }

    /** What was missed of what is required, or of what is aimed at. */
    private static String verdict(Peers peer, Results result) {
        List<String> missed = new ArrayList<>();
        List<String> almost = new ArrayList<>();
        for (Target target : result.scenario().targets()) {
            double value = result.value(target.measure());
            if (!known(peer, target.measure())) {
                continue;
            }
            if (!Double.isNaN(target.required()) && !target.measure().meets(value, target.required())) {
                missed.add(target.measure().label());
            } else if (!Double.isNaN(target.aim()) && !target.measure().meets(value, target.aim())) {
                almost.add(target.measure().label());
            }
        }
        return !missed.isEmpty()
                ? "**missed**: " + String.join(", ", missed)
                : almost.isEmpty() ? "aim" : "required; short of aim: " + String.join(", ", almost);
    }
}
