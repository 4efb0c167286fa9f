package dev.weft.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.admission.Admission.End;
import dev.weft.call.Criticality;
import dev.weft.call.Deadline;
import dev.weft.testkit.Allocation;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedPolicySource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A process that answers 500 requests a second, one after the other. */
class AdmissionTest {
    private static final long EACH_NANOS = 2_000_000;
    /** Twice as many as it can. */
    private static final Duration TOO_OFTEN = Duration.ofMillis(1);

    private final FakeTime time = new FakeTime();
    private final ScriptedPolicySource policy = new ScriptedPolicySource();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Mesh mesh = Mesh.builder()
            .time(time)
            .serves("stock")
            .set("server.admission", "enforce")
            .policy(policy)
            .metrics(registry)
            .start();
    private final Admission admission = mesh.admission();
    /** When those came that wait. */
    private final Deque<Long> line = new ArrayDeque<>();

    private long freeNanos = time.nanos();
    private int refused;
    private int forbidden;

    @AfterEach
    void close() {
        mesh.close();
    }

    private void come(Context context, @Nullable String attempt, int number) {
        for (int i = 0; i < number; i++) {
            Refusal refusal = admission.admit(context, attempt, time.nanos());
            if (refusal == null) {
                line.add(time.nanos());
            } else {
                refused++;
                forbidden += refusal.anotherMay() ? 0 : 1;
            }
            time.advance(TOO_OFTEN);
            while (!line.isEmpty() && time.nanos() - freeNanos >= EACH_NANOS) {
                freeNanos = Math.max(freeNanos + EACH_NANOS, time.nanos());
                admission.ended(line.remove(), End.ANSWERED);
            }
        }
    }

    private Context under(Duration deadline) {
        return Deadline.after(deadline, time).storeInContext(Context.root());
    }

    private int refusedOf(int number) {
        int before = refused;
        come(Context.root(), null, number);
        return refused - before;
    }

    @Test
    void whatIsMoreThanItCanIsRefusedAndTheLineStaysShort() {
        come(Context.root(), null, 2_000);
        assertThat(refusedOf(4_000)).isBetween(1_800, 2_200);
        assertThat(admission.underWay()).isBetween(20, 100);
        assertThat(forbidden).isZero();
        assertThat(registry.get("weft.server.limiting").gauge().value()).isEqualTo(1);
        assertThat(registry.get("weft.server.refused")
                        .tag("criticality", "critical")
                        .functionCounter()
                        .count())
                .isEqualTo(refused);
    }

    @Test
    void policyOfTheServiceThatItServesHoldsFromTheNextRequestOn() {
        come(Context.root(), null, 4_000);
        policy.says("services:\n  stock: {server: {admission: observe}}\n");
        assertThat(refusedOf(1_000)).isZero();
        assertThat(registry.get("weft.server.observed").functionCounter().count())
                .isGreaterThan(500);
        policy.says("services:\n  stock: {server: {admission: 'off'}}\n");
        assertThat(refusedOf(1_000)).isZero();
        policy.says("services:\n  other: {server: {admission: 'off'}}\n");
        assertThat(refusedOf(1_000)).isGreaterThan(900);
    }

    @Test
    void theLeastCriticalAreRefusedFirst() {
        come(Context.root(), null, 4_000);
        int before = refused;
        Criticality[] all = Criticality.values();
        int[] of = new int[all.length];
        for (int i = 0; i < 4_000; i++) {
            int seen = refused;
            come(Context.root().with(all[i % 4]), null, 1);
            of[i % 4] += refused - seen;
        }
        assertThat(refused).isGreaterThan(before);
        assertThat(of[0]).isLessThan(100);
        assertThat(of[3]).isGreaterThan(900);
        assertThat(of[1]).isLessThanOrEqualTo(of[2]);
    }

    @Test
    void whoWasRefusedElsewhereIsTheProofThatAllAreOverloaded() {
        come(Context.root(), null, 4_000);
        int before = refused;
        come(Context.root(), "2;reason=overloaded", 50);
        assertThat(refused).isGreaterThan(before);
        assertThat(forbidden).isEqualTo(refused - before);
    }

    @Test
    void andSoAreManyWhoTryAgain() {
        come(Context.root(), null, 4_000);
        for (int i = 0; i < 8_000; i++) {
            come(Context.root(), i % 5 == 0 ? "2;reason=timeout" : null, 1);
        }
        int before = forbidden;
        int refusedBefore = refused;
        come(Context.root(), null, 100);
        assertThat(refused).isGreaterThan(refusedBefore);
        assertThat(forbidden - before).isEqualTo(refused - refusedBefore);
    }

    @Test
    void whoHasLessTimeThanAnAnswerTakesIsRefusedAtOnce() {
        for (int i = 0; i < 100; i++) {
            assertThat(admission.admit(Context.root(), null, time.nanos())).isNull();
            time.advance(Duration.ofMillis(40));
            admission.ended(time.nanos() - 40_000_000, End.ANSWERED);
        }
        int late = 0;
        for (int i = 0; i < 100; i++) {
            Refusal refusal = admission.admit(under(Duration.ofMillis(30)), null, time.nanos());
            late += refusal == Refusal.TOO_LATE ? 1 : 0;
            if (refusal == null) {
                admission.ended(time.nanos(), End.OTHERWISE);
            }
        }
        assertThat(late).isEqualTo(95);
        assertThat(admission.admit(under(Duration.ofMillis(50)), null, time.nanos()))
                .isNull();
        assertThat(admission.admit(under(Duration.ZERO), null, time.nanos())).isEqualTo(Refusal.TOO_LATE);
    }

    @Test
    void itAllocatesNothing() {
        Context context = under(Duration.ofHours(1)).with(Criticality.SHEDDABLE);
        double bytes = Allocation.bytesEach(10_000, () -> {
            long now = time.nanos();
            if (admission.admit(context, null, now) == null) {
                admission.ended(now, End.ANSWERED);
            }
        });
        assertThat(bytes).isLessThan(1);
    }
}
