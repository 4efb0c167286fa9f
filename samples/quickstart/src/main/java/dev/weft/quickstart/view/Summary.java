package dev.weft.quickstart.view;

import java.util.ArrayList;
import java.util.List;

/** The table at the end of the day. */
final class Summary {
    private static final List<String> HEAD = List.of("scene", "promise", "expected", "seen", "held");

    private static final int WIDEST = 60;

    private Summary() {}

    static List<String> lines(List<Promised> promises) {
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        String scene = "";
        for (Promised promised : promises) {
            rows.add(List.of(
                    promised.scene().equals(scene) ? "" : promised.scene(),
                    promised.what(),
                    promised.expected(),
                    shortened(promised.seen()),
                    promised.held() ? "yes" : "NO"));
            scene = promised.scene();
        }
        List<String> lines = new ArrayList<>(List.of(""));
        rows.forEach(row -> lines.add(line(row, rows)));
        lines.add(2, "-".repeat(lines.stream().mapToInt(String::length).max().orElse(0)));
        long broken = promises.stream().filter(promised -> !promised.held()).count();
        lines.add("");
        lines.add(
                broken == 0
                        ? "All " + promises.size() + " promises held."
                        : broken + " of " + promises.size() + " promises were broken.");
        return lines;
    }

    /** The whole was told when it happened. */
    private static String shortened(String words) {
        return words.length() <= WIDEST ? words : words.substring(0, WIDEST - 3) + "...";
    }

    private static String line(List<String> row, List<List<String>> rows) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            int at = column;
            int width = rows.stream()
                    .mapToInt(other -> other.get(at).length())
                    .max()
                    .orElse(0);
            line.append(row.get(column))
                    .append(" ".repeat(width - row.get(column).length() + 2));
        }
        return line.toString().stripTrailing();
    }
}
