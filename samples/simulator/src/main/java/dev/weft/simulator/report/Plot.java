package dev.weft.simulator.report;

import dev.weft.simulator.measure.Course;
import dev.weft.simulator.measure.Results;
import dev.weft.simulator.scenario.Fault;
import dev.weft.simulator.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How a scenario went over time, as one SVG: requests, latency, shares, attempts. Faults are shaded. */
public final class Plot {
    private static final int LEFT = 60;
    private static final int TOP = 70;
    private static final int STEP = Panel.HEIGHT + 50;
    /** Told apart by those who see fewer colours: after Okabe and Ito. */
    private static final List<String> SHARES =
            List.of("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9");

    private Plot() {}

    /** The text of an SVG file. */
    public static String svg(Results results) {
        Scenario scenario = results.scenario();
        Course course = results.course();
        List<Panel> panels = new ArrayList<>();
        panels.add(new Panel(
                "requests/s", List.of(course.succeeded(), course.failed()), List.of("#009E73", "#D55E00"), false));
        panels.add(new Panel(
                "latency, ms",
                List.of(course.latency("p50", 0.5), course.latency("p99", 0.99)),
                List.of("#0072B2", "#E69F00"),
                true));
        List<Course.Line> shares = course.shares();
        if (!shares.isEmpty()) {
            panels.add(new Panel("share of attempts, %", shares, SHARES, false));
        }
        panels.add(new Panel("attempts per request", List.of(course.amplification()), List.of("#CC79A7"), false));
        int height = TOP + panels.size() * STEP;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
                LEFT + Panel.WIDTH + 20,
                height));
        svg.append(
                Panel.text(LEFT, 24, "start", scenario.name() + ", seed " + scenario.seed() + ": " + scenario.about()));
        for (int i = 0; i < panels.size(); i++) {
            svg.append(String.format(Locale.ROOT, "<g transform=\"translate(%d %d)\">\n", LEFT, TOP + i * STEP));
            scenario.faults().forEach(fault -> svg.append(shade(scenario, fault)));
            svg.append(panels.get(i).svg()).append("</g>\n");
        }
        svg.append(String.format(
                Locale.ROOT, "<g transform=\"translate(%d %d)\">\n", LEFT, TOP + (panels.size() - 1) * STEP));
        seconds(svg, scenario);
        return svg.append("</g>\n</svg>\n").toString();
    }

    private static String shade(Scenario scenario, Fault fault) {
        double from = x(scenario, fault.atNanos());
        return String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%d\" fill=\"#D55E00\" fill-opacity=\"0.08\"/>\n",
                from,
                x(scenario, Math.min(fault.endNanos(), scenario.durationNanos())) - from,
                Panel.HEIGHT);
    }

    private static void seconds(StringBuilder svg, Scenario scenario) {
        double seconds = scenario.durationNanos() / 1e9;
        double step = seconds <= 12 ? 1 : seconds <= 60 ? 5 : Math.ceil(seconds / 120) * 10;
        for (double at = 0; at <= seconds; at += step) {
            svg.append(Panel.text(
                    x(scenario, (long) (at * 1e9)),
                    Panel.HEIGHT + 16.0,
                    "middle",
                    String.format(Locale.ROOT, "%.0f s", at)));
        }
    }

    private static double x(Scenario scenario, long moment) {
        return (double) Panel.WIDTH * moment / scenario.durationNanos();
    }
}
