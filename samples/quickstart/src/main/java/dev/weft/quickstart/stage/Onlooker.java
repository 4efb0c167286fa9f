package dev.weft.quickstart.stage;

import dev.weft.Mesh;
import dev.weft.policy.PolicyStatus;
import dev.weft.quickstart.view.Picture;
import dev.weft.quickstart.view.View;
import dev.weft.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Looks at everything now and then, and has it shown. */
final class Onlooker implements AutoCloseable {
    private final Time time;
    private final View view;
    private final Mesh mesh;
    private final Figures figures;
    private final List<ReplicaProcess> replicas;
    private final List<Lately> services;
    private final long startNanos;
    private final Beat eye;

    Onlooker(Time time, View view, Mesh mesh, Figures figures, Traffic traffic, List<ReplicaProcess> replicas) {
        this.time = time;
        this.view = view;
        this.mesh = mesh;
        this.figures = figures;
        this.replicas = replicas;
        this.startNanos = time.nanos();
        this.services = Stream.of("inventory", "pricing")
                .map(service -> new Lately(service, traffic.tally(service), startNanos))
                .toList();
        this.eye = Beat.start("onlooker", time, view.interval(), this::look);
    }

    private void look() {
        long now = time.nanos();
        services.forEach(service -> service.look(now));
        view.show(new Picture(
                Duration.ofNanos(now - startNanos),
                services.stream().map(this::row).toList(),
                services.stream().flatMap(this::replicaRows).toList(),
                policy(mesh.policy().status())));
    }

    private Picture.ServiceRow row(Lately lately) {
        Seen seen = lately.seen();
        return new Picture.ServiceRow(
                lately.service(),
                lately.seconds() == 0 ? 0 : seen.calls() / lately.seconds(),
                seen.calls() == 0 ? 1 : (double) seen.answered() / seen.calls(),
                seen.percentile(50),
                seen.percentile(99),
                figures.retries(lately.service()),
                figures.budget(lately.service()),
                figures.breaker(lately.service()));
    }

    private Stream<Picture.ReplicaRow> replicaRows(Lately lately) {
        Seen seen = lately.seen();
        return replicas.stream()
                .filter(replica -> replica.service().equals(lately.service()))
                .map(replica -> new Picture.ReplicaRow(replica.name(), seen.share(replica.name()), replica.state()));
    }

    private static String policy(PolicyStatus status) {
        String revision = status.revision().shortHash();
        return status.refused() == null
                ? revision + " " + status.state().name().toLowerCase(Locale.ROOT)
                : revision + " in use; " + status.refused().shortHash() + " refused";
    }

    @Override
    public void close() {
        eye.close();
    }
}
