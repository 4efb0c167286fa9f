package dev.weft.simulator.report;

import dev.weft.simulator.measure.Course;
import java.util.List;
import java.util.Locale;

/**
 * One diagram over time.
 *
 * @param title what it shows, and its unit
 * @param lines what is drawn; values beyond all bounds lie on its upper edge
 * @param colors one for each line
 * @param logarithmic whether each step up is ten times the one below
 */
record Panel(String title, List<Course.Line> lines, List<String> colors, boolean logarithmic) {
    static final int WIDTH = 760;
    static final int HEIGHT = 130;
    private static final int LEGEND = 200;

    /** The largest value that must find a place. */
    private double top() {
        double top = lines.stream()
                .flatMap(line -> line.values().stream())
                .filter(Double::isFinite)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        if (logarithmic) {
            return Math.pow(10, Math.ceil(Math.log10(Math.max(1.1 * bottom(), top))));
        }
        double unit = Math.pow(10, Math.floor(Math.log10(Math.max(1e-3, top))));
        return Math.ceil(top * 1.02 / unit * 2) / 2 * unit;
    }

    private double bottom() {
        if (!logarithmic) {
            return 0;
        }
        double least = lines.stream()
                .flatMap(line -> line.values().stream())
                .filter(value -> Double.isFinite(value) && value > 0)
                .mapToDouble(Double::doubleValue)
                .min()
                .orElse(1);
        return Math.pow(10, Math.floor(Math.log10(least)));
    }

    private double y(double value) {
        double top = top();
        double bottom = bottom();
        double share = logarithmic
                ? Math.log10(Math.max(bottom, value) / bottom) / Math.log10(top / bottom)
                : (value - bottom) / (top - bottom);
        return HEIGHT * (1 - Math.max(0, Math.min(1, share)));
    }

    /** As SVG, with its upper left corner at the origin. */
    String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append(text(0, -8, "start", title));
        for (int i = 0; i < lines.size(); i++) {
            double x = LEGEND + (double) i * (WIDTH - LEGEND) / Math.max(2, lines.size());
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%.1f\" y=\"-17\" width=\"9\" height=\"9\" fill=\"%s\"/>\n",
                    x,
                    colors.get(i % colors.size())));
            svg.append(text(x + 14, -8, "start", lines.get(i).name()));
        }
        grid(svg);
        for (int i = 0; i < lines.size(); i++) {
            svg.append(path(lines.get(i), colors.get(i % colors.size())));
        }
        return svg.toString();
    }

    private void grid(StringBuilder svg) {
        double top = top();
        double bottom = bottom();
        int steps = logarithmic ? (int) Math.round(Math.log10(top / bottom)) : 2;
        for (int i = 0; i <= steps; i++) {
            double value = logarithmic ? bottom * Math.pow(10, i) : top * i / steps;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"0\" x2=\"%d\" y1=\"%2$.1f\" y2=\"%2$.1f\" stroke=\"#ddd\"/>\n",
                    WIDTH,
                    y(value)));
            svg.append(text(-6, y(value) + 4, "end", label(value)));
        }
    }

    /** Where there is no value there is no line. */
    private String path(Course.Line line, String color) {
        StringBuilder path = new StringBuilder();
        boolean drawing = false;
        int seconds = line.values().size();
        for (int i = 0; i < seconds; i++) {
            double value = line.values().get(i);
            if (!Double.isNaN(value)) {
                path.append(String.format(
                        Locale.ROOT, "%s%.1f %.1f", drawing ? "L" : "M", (i + 0.5) * WIDTH / seconds, y(value)));
            }
            drawing = !Double.isNaN(value);
        }
        return "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + color + "\" stroke-width=\"1.6\"/>\n";
    }

    private static String label(double value) {
        return value == Math.rint(value) && value < 1e6
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3g", value);
    }

    static String text(double x, double y, String anchor, String words) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
                x,
                y,
                anchor,
                words.replace("&", "&amp;").replace("<", "&lt;"));
    }
}
