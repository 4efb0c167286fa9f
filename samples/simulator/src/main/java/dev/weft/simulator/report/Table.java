package dev.weft.simulator.report;

import dev.weft.call.Fate;
import dev.weft.simulator.measure.Results;
import dev.weft.simulator.scenario.Measure;
import dev.weft.simulator.scenario.Scenario;
import dev.weft.simulator.scenario.Target;
import java.util.ArrayList;
import java.util.List;

/** Results as Markdown tables. */
public final class Table {
    private Table() {}

    /** What was wanted of each scenario and what came of it: the worst of its runs. */
    public static String targets(List<List<Results>> scenarios) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"scenario", "measure", "required", "aim", "simulated", ""});
        for (List<Results> runs : scenarios) {
            for (Target target : runs.get(0).scenario().targets()) {
                Measure measure = target.measure();
                double worst = worst(runs, measure);
                rows.add(new String[] {
                    runs.get(0).scenario().name(),
                    measure.label(),
                    wanted(measure, target.required()),
                    wanted(measure, target.aim()),
                    measure.text(worst),
                    mark(target, worst)
                });
            }
        }
        return markdown(rows);
    }

    /** All that was measured. */
    public static String all(List<Results> runs) {
        Scenario scenario = runs.get(0).scenario();
        StringBuilder text = new StringBuilder("## " + scenario.name() + "\n\n");
        if (!scenario.about().isEmpty()) {
            text.append(scenario.about()).append("\n\n");
        }
        List<String[]> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("measure"));
        runs.forEach(run -> head.add("seed " + run.scenario().seed()));
        rows.add(head.toArray(String[]::new));
        List<String> requests = new ArrayList<>(List.of("requests"));
        runs.forEach(run -> requests.add(String.valueOf(run.requests())));
        rows.add(requests.toArray(String[]::new));
        for (Measure measure : Measure.values()) {
            if (runs.stream().anyMatch(run -> !Double.isNaN(run.value(measure)))) {
                List<String> row = new ArrayList<>(List.of(measure.label()));
                runs.forEach(run -> row.add(measure.text(run.value(measure))));
                rows.add(row.toArray(String[]::new));
            }
        }
        for (Fate fate : Fate.values()) {
            if (runs.stream().anyMatch(run -> run.fates().containsKey(fate))) {
                List<String> row = new ArrayList<>(List.of(fate.label()));
                runs.forEach(run -> row.add(String.valueOf(run.fates().getOrDefault(fate, 0L))));
                rows.add(row.toArray(String[]::new));
            }
        }
        return text + markdown(rows);
    }

    private static double worst(List<Results> runs, Measure measure) {
        double worst = runs.get(0).value(measure);
        for (Results run : runs) {
            if (measure.worse(run.value(measure), worst)) {
                worst = run.value(measure);
            }
        }
        return worst;
    }

    private static String wanted(Measure measure, double value) {
        return Double.isNaN(value) ? "" : measure.sign() + measure.text(value);
    }

    private static String mark(Target target, double value) {
        if (!Double.isNaN(target.aim()) && target.measure().meets(value, target.aim())) {
            return "aim";
        }
        if (!Double.isNaN(target.required())) {
            return target.measure().meets(value, target.required()) ? "required" : "MISSED";
        }
        return "short of aim";
    }

    private static String markdown(List<String[]> rows) {
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            text.append(line(rows.get(r), widths));
            if (r == 0) {
                String[] rule = new String[columns];
                for (int i = 0; i < columns; i++) {
                    rule[i] = "-".repeat(Math.max(3, widths[i]));
                }
                text.append(line(rule, widths));
            }
        }
        return text.append('\n').toString();
    }

    private static String line(String[] cells, int[] widths) {
        StringBuilder line = new StringBuilder("|");
        for (int i = 0; i < cells.length; i++) {
            line.append(' ')
                    .append(cells[i])
                    .append(" ".repeat(Math.max(0, widths[i] - cells[i].length())))
                    .append(" |");
        }
        return line.append('\n').toString();
    }
}
