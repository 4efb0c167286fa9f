package dev.weft.quickstart.view;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The lines of the screen. */
final class Screen {
    private static final int BAR = 40;

    private Screen() {}

    static List<String> lines(Picture picture, Collection<String> log) {
        List<String> lines = new ArrayList<>();
        lines.add("Weft quickstart" + Words.seconds(picture.elapsed()) + "   policy " + picture.policy());
        lines.add("");
        lines.add(String.format(
                "%-10s %8s %8s %9s %9s %8s %7s  %s",
                "service", "calls/s", "success", "p50", "p99", "retries", "budget", "breaker"));
        for (Picture.ServiceRow row : picture.services()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-10s %8.0f %8s %9s %9s %8d %7d  %s",
                    row.name(),
                    row.callsPerSecond(),
                    Words.percent(row.success()),
                    Words.millis(row.p50()),
                    Words.millis(row.p99()),
                    row.retries(),
                    row.budget(),
                    row.breaker()));
        }
        lines.add("");
        for (Picture.ReplicaRow row : picture.replicas()) {
            int filled = (int) Math.round(row.share() * BAR);
            lines.add(String.format(
                    "%-12s %s%s %5s  %s",
                    row.name(), "=".repeat(filled), " ".repeat(BAR - filled), Words.percent(row.share()), row.state()));
        }
        lines.add("");
        lines.addAll(log);
        return lines;
    }
}
