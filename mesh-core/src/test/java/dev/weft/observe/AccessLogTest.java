package dev.weft.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.weft.call.Call;
import dev.weft.call.Criticality;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.context.Context;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccessLogTest {
    private final Watched watched = new Watched();
    private final ScriptedWire<String> wire = new ScriptedWire<>("fine");

    @AfterEach
    void close() {
        watched.close();
    }

    private void call(Context context) {
        AnyPace.BLOCKING.run(watched.time, chain(), watched.call(AnyPace.BLOCKING, context));
    }

    private Service<String> chain() {
        Service<String> attempts = watched.attempts(wire);
        return watched.calls(wire, c -> attempts.call(watched.attempt(c)));
    }

    private void call() {
        call(Context.root());
    }

    @Test
    void aLineTellsWhoWasAskedForWhat() {
        call(Context.root().with(Criticality.SHEDDABLE));
        assertThat(watched.line())
                .containsEntry("service", "inventory")
                .containsEntry("route", "none")
                .containsEntry("protocol", "scripted")
                .containsEntry("operation", "scripted")
                .containsEntry("node", "10.0.0.1:8080")
                .containsEntry("status", "200")
                .containsEntry("criticality", "sheddable")
                .doesNotContainKey("error");
        ILoggingEvent line = watched.lines().get(0);
        assertThat(line.getFormattedMessage()).isEqualTo("inventory scripted: success in 0 ms");
        assertThat(line.getLevel()).isEqualTo(Level.INFO);
    }

    @Test
    void successesAreSampled() {
        watched.logSuccesses(0.1);
        Service<String> chain = chain();
        for (int i = 0; i < 2000; i++) {
            AnyPace.BLOCKING.run(watched.time, chain, watched.call(AnyPace.BLOCKING));
        }
        // Binomial, standard deviation 13; the seed is Watched's.
        assertThat(watched.lines()).hasSizeBetween(130, 270);
    }

    @Test
    void withoutSuccessesOnlyFailuresAreLoggedAndAllOfThem() {
        watched.logSuccesses(0);
        for (int i = 0; i < 50; i++) {
            call();
            wire.next(Answer.of(Verdict.UNAVAILABLE, 503, "busy"));
            call();
        }
        assertThat(watched.lines()).hasSize(50).allSatisfy(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.INFO);
            assertThat(line.getFormattedMessage()).contains("failed_not_retryable");
        });
    }

    @Test
    void aStrangersExceptionIsNamedAndNotQuoted() {
        wire.next(Answer.failure(Verdict.LOST, new IOException("https://inventory/items?token=secret")));
        call();
        assertThat(watched.line()).containsEntry("error", "java.io.IOException");
        assertThat(watched.lines().toString()).doesNotContain("secret");
    }

    @Test
    void weftsOwnWordsAreQuoted() {
        Service<String> calls = watched.calls(
                wire,
                c -> new Failure<>(new MeshException(Fate.REJECTED_LIMIT, "inventory: 5 requests are under way")));
        Call call = watched.call(AnyPace.ASYNC);
        AnyPace.ASYNC.run(watched.time, calls, call);
        assertThat(watched.line())
                .containsEntry("error", "inventory: 5 requests are under way")
                .containsEntry("attempts", "0")
                .containsEntry("verdict", "rejected")
                .doesNotContainKey("node");
    }
}
