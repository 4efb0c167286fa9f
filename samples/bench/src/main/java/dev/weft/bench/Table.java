package dev.weft.bench;

import java.util.ArrayList;
import java.util.List;

/** A table as Markdown writes it. */
public final class Table {
    private final List<String> lines = new ArrayList<>();

    public Table(String... heads) {
        row(heads);
        lines.add("|" + " --- |".repeat(heads.length));
    }

    public void row(String... cells) {
        lines.add("| " + String.join(" | ", cells) + " |");
    }

    public String markdown() {
        return String.join("\n", lines) + "\n";
    }
}
