package dev.weft.policy;

import java.util.List;

/**
 * Why calls of one kind are treated as they are.
 *
 * @param route the name of the route that takes them; empty where none does
 * @param rows every setting of the stack
 */
public record Explanation(String service, String route, PolicyRevision revision, List<Policy.Explained> rows) {
    /** As a table for people. */
    @Override
    public String toString() {
        int keys = width(rows.stream().map(Policy.Explained::key).toList());
        int values = width(rows.stream().map(Policy.Explained::value).toList());
        StringBuilder text = new StringBuilder("service " + service + ", "
                + (route.isEmpty() ? "no route" : "route " + route) + ", policy " + revision + "\n");
        for (Policy.Explained row : rows) {
            text.append("  ").append(padded(row.key(), keys)).append("  ");
            text.append(padded(row.value(), values))
                    .append("  ")
                    .append(row.origin())
                    .append('\n');
        }
        return text.toString();
    }

    private static int width(List<String> words) {
        return words.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String padded(String word, int width) {
        return word + " ".repeat(width - word.length());
    }
}
