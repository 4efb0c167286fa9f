package dev.weft.bench.faults.peers;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.bench.faults.scenario.Start;
import dev.weft.call.Verdict;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.stream.StreamSupport;

/** A mesh as it comes: what is set is what the scenario's own application sets, and where the servers are. */
final class Meshed implements AutoCloseable {
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final News news;
    private final Mesh mesh;

    Meshed(Around around) {
        news = new News(around);
        MeshBuilder builder = Mesh.builder()
                .resolver(news)
                .metrics(metrics)
                .set("deadline.total", around.scenario().deadlineNanos() + "ns");
        around.scenario().application().forEach((key, values) -> builder.set(key, dealt(values, around.number())));
        mesh = builder.start();
    }

    private static String dealt(List<String> values, int number) {
        return values.get(number % values.size());
    }

    Mesh mesh() {
        return mesh;
    }

    void begin(Start start) {
        news.begin(start);
    }

    /** Attempts that were never sent. */
    long refused() {
        return metrics.find("weft.client.attempts").tag("verdict", Verdict.UNSENT.label()).meters().stream()
                .flatMap(meter -> StreamSupport.stream(meter.measure().spliterator(), false))
                .filter(measured -> measured.getStatistic() == Statistic.COUNT)
                .mapToLong(measured -> (long) measured.getValue())
                .sum();
    }

    @Override
    public void close() {
        mesh.close();
    }
}
