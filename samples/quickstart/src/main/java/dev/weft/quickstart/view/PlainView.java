package dev.weft.quickstart.view;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Lines, one after the other, for logs and for terminals that cannot redraw. */
public final class PlainView implements View {
    private final PrintStream out;

    public PlainView(PrintStream out) {
        this.out = out;
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void show(Picture picture) {
        StringBuilder line = new StringBuilder(Words.seconds(picture.elapsed()));
        for (Picture.ServiceRow row : picture.services()) {
            line.append(String.format(
                    Locale.ROOT,
                    " | %s %.0f/s ok %s p50 %s p99 %s retries %d (budget %d) breaker %s share %s",
                    row.name(),
                    row.callsPerSecond(),
                    Words.percent(row.success()),
                    Words.millis(row.p50()),
                    Words.millis(row.p99()),
                    row.retries(),
                    row.budget(),
                    row.breaker(),
                    picture.replicas().stream()
                            .filter(replica -> replica.name().startsWith(row.name()))
                            .map(replica -> Words.percent(replica.share()))
                            .collect(Collectors.joining(" "))));
        }
        out.println(line.append(" | policy ").append(picture.policy()));
    }

    @Override
    public void say(String words) {
        out.println("== " + words);
    }

    @Override
    public void promise(Promised promised) {
        out.println("   " + Words.of(promised));
    }

    @Override
    public void close() {}

    @Override
    public void summary(List<Promised> promises) {
        Summary.lines(promises).forEach(out::println);
    }
}
