package dev.weft.bench.faults.scenario;

import java.io.PrintStream;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a process saw, line by line, told when the run is over. Thread-safe. */
public final class Journal {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    public void add(String line) {
        lines.add(line);
    }

    /** How many lines there are, and the lines. */
    public void tell(PrintStream out) {
        List<String> seen = List.copyOf(lines);
        StringBuilder text = new StringBuilder().append(seen.size()).append('\n');
        seen.forEach(line -> text.append(line).append('\n'));
        out.print(text);
        out.flush();
    }
}
