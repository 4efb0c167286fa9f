package dev.weft.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.policy.Policy;
import dev.weft.stack.Fit;
import dev.weft.stack.ServiceState;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.ScriptedWire;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsLayerTest {
    private final Watched watched = new Watched();
    private final ScriptedWire<String> wire = new ScriptedWire<>("fine");

    @AfterEach
    void close() {
        watched.close();
    }

    private void call() {
        Service<String> attempts = watched.attempts(wire);
        AnyPace.BLOCKING.run(
                watched.time,
                watched.calls(wire, c -> attempts.call(watched.attempt(c))),
                watched.call(AnyPace.BLOCKING));
    }

    @Test
    void withoutARegistryTheLayerIsAbsent() {
        Fit<String> fit = new Fit<>(
                Policy.builtIn("inventory"), watched.cluster, wire, watched.time, new Random(1), new ServiceState());
        assertThat(MetricsLayer.ofCalls(null, false).filter(fit)).isNull();
        assertThat(MetricsLayer.ofAttempts(null, false).filter(fit)).isNull();
    }

    @Test
    void attemptsAreCountedByVerdict() {
        wire.next(Answer.failure(Verdict.LOST));
        call();
        call();
        call();
        assertThat(watched.registry
                        .get("weft.client.attempts")
                        .tag("verdict", "lost")
                        .functionTimer()
                        .count())
                .isEqualTo(1);
        assertThat(watched.registry
                        .get("weft.client.attempts")
                        .tag("verdict", "ok")
                        .functionTimer()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void countsGoOnWhenTheChainIsBuiltAnew() {
        call();
        call();
        assertThat(watched.registry.get("weft.client.calls").functionTimer().count())
                .isEqualTo(2);
    }

    @Test
    void statusesAreClassedAndNeverLabelsOfTheirOwn() {
        for (int status : new int[] {200, 204, 404, 499, 599, 600, 99, -1, 12345, 7}) {
            wire.next(Answer.of(Verdict.OK, status, "x"));
            call();
        }
        Set<String> labels = watched.registry.find("weft.client.calls").meters().stream()
                .map(meter -> String.valueOf(meter.getId().getTag("status")))
                .collect(Collectors.toSet());
        assertThat(labels).containsExactlyInAnyOrder("2xx", "4xx", "5xx", "other");
    }

    @Test
    void inBucketsDurationsHavePercentiles() {
        watched.buckets();
        wire.next(Answer.ok("a").after(Duration.ofMillis(7)), Answer.ok("b").after(Duration.ofMillis(70)));
        call();
        call();
        Timer timer = watched.registry.get("weft.client.calls").timer();
        assertThat(timer.count()).isEqualTo(2);
        assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(77);
        assertThat(timer.takeSnapshot().histogramCounts()).hasSize(14);
    }

    @Test
    void whatOthersShowIsPublishedUnderTheService() {
        call();
        watched.state.gauges().show("weft.client.retry.budget", "what is left", () -> 12);
        assertThat(watched.registry
                        .get("weft.client.retry.budget")
                        .tag("service", "inventory")
                        .gauge()
                        .value())
                .isEqualTo(12);
    }

    @Test
    void attemptsUnderWayAreShown() {
        call();
        watched.cluster.nodes().get(0).attemptStarted();
        assertThat(watched.registry.get("weft.client.inflight").gauge().value()).isEqualTo(1);
    }

    @Test
    void noLabelNamesANodeOrARequest() {
        call();
        Set<String> keys = watched.registry.getMeters().stream()
                .map(Meter::getId)
                .flatMap(id -> id.getTags().stream())
                .map(Tag::getKey)
                .collect(Collectors.toSet());
        assertThat(keys).containsExactlyInAnyOrder("service", "route", "protocol", "fate", "status", "verdict");
    }

    @Test
    void whenTheServiceIsClosedItsMetersLeave() {
        call();
        watched.state.gauges().show("weft.client.retry.budget", "what is left", () -> 12);
        assertThat(watched.registry.getMeters()).isNotEmpty();
        watched.state.close();
        watched.state.gauges().show("weft.client.late", "shown too late", () -> 1);
        assertThat(watched.registry.getMeters()).isEmpty();
    }

    @Test
    void aCallWithAnOpenBodyIsCountedWhenItIsClosed() {
        wire.next(Answer.ok("stream").withOpenBody());
        call();
        assertThat(watched.registry.find("weft.client.calls").meters()).isEmpty();
        watched.time.advance(Duration.ofMillis(30));
        Call attempt = wire.attempts().get(0);
        attempt.end(null);
        assertThat(watched.registry.get("weft.client.calls").functionTimer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(30);
    }
}
