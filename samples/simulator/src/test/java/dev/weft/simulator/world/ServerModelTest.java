package dev.weft.simulator.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.call.Fate;
import dev.weft.simulator.measure.Results;
import dev.weft.simulator.scenario.Measure;
import dev.weft.simulator.scenario.Scenario;
import dev.weft.simulator.scenario.ScenarioReader;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The simulated servers against what queueing theory and plain reckoning say. */
class ServerModelTest {
    /** A second, evenly. */
    private static final String HUNDRED = "load: {rate: 100, arrivals: constant}";

    private static final String ONE_TRY = "policy: '{weft: 1, defaults: {retry: {attempts: 1}}}'";

    private static final double MILLI = 1e6;
    private static final Offset<Double> EXACT = within(0.02 * MILLI);

    @Test
    void oneWorkerWithExponentialTimesIsTheQueueOfTheTextbook() {
        // M/M/1: the time at the server is exponential with rate 100 - 50 per second.
        Results results = run("load: {rate: 50}", "time: 10ms, spread: exponential, workers: 1", "duration: 2000s");
        assertThat(results.value(Measure.P50)).isCloseTo(1000 * Math.log(2) / 50 * MILLI, Percentage.withPercentage(3));
        assertThat(results.value(Measure.P99))
                .isCloseTo(1000 * Math.log(100) / 50 * MILLI, Percentage.withPercentage(6));
    }

    @Test
    void anAnswerTakesTheWorkAndBothWays() {
        Results results = run("load: {rate: 10, arrivals: constant}", "time: 10ms", "oneWay: 2ms");
        assertThat(results.value(Measure.P50)).isCloseTo(14 * MILLI, EXACT);
        assertThat(results.value(Measure.P999)).isCloseTo(14 * MILLI, EXACT);
    }

    @Test
    void whatFindsNoPlaceInTheQueueIsAnswered503() {
        // 100 a second where 50 can be served.
        Results results = run(HUNDRED, "time: 20ms, workers: 1, queue: 1", ONE_TRY);
        assertThat(results.value(Measure.SUCCESS)).isCloseTo(0.5, within(0.02));
        assertThat(results.fates().get(Fate.FAILED_NOT_RETRYABLE)).isGreaterThan(400);
    }

    @Test
    void whoeverIsGoneIsServedAllTheSameUnlessTheServerNotices() {
        String slow = "time: 400ms, workers: 1, queue: 4";
        assertThat(run("load: {rate: 10}", slow, "deadline: 300ms").value(Measure.WASTED))
                .isEqualTo(1);
        assertThat(run("load: {rate: 10}", slow + ", notices: true", "deadline: 300ms")
                        .value(Measure.WASTED))
                .isNaN();
    }

    @Test
    void theDeadRefuseAndBreakWhatTheyHad() {
        Results results = run(HUNDRED, "time: 50ms", ONE_TRY, "faults: {kind: die, at: 5s, for: 1s}");
        // Those under way, and those that came while it was gone.
        assertThat(results.value(Measure.ERRORS)).isEqualTo(105);
        assertThat(results.value(Measure.REFUSED)).isEqualTo(100);
    }

    @Test
    void whoDrainsFinishesWhatItHasAndRefusesTheRest() {
        Results results = run(HUNDRED, "time: 50ms", ONE_TRY, "faults: {kind: drain, at: 5s, for: 1s}");
        assertThat(results.value(Measure.ERRORS)).isEqualTo(100);
        assertThat(results.value(Measure.REFUSED)).isEqualTo(100);
    }

    @Test
    void whoHangsAnswersWhenItGoesOn() {
        Results results = run(
                "load: {rate: 10, arrivals: constant}",
                "time: 50ms",
                "deadline: 5s",
                "faults: {kind: hang, at: 5s, for: 2s}");
        assertThat(results.value(Measure.SUCCESS)).isEqualTo(1);
        assertThat(results.value(Measure.P999)).isCloseTo(2_050 * MILLI, within(60 * MILLI));
    }

    @Test
    void whoVanishesAnswersNothingMore() {
        Results results =
                run(HUNDRED, "time: 50ms", "deadline: 200ms", ONE_TRY, "faults: {kind: vanish, at: 5s, for: 1s}");
        // Those whose answers were under way, those that came meanwhile, and a few that the client then holds back.
        assertThat(results.value(Measure.ERRORS)).isBetween(105.0, 120.0);
        assertThat(results.value(Measure.REFUSED)).isZero();
    }

    @Test
    void applicationsAreDealtTheirSettings() {
        Results results = run(
                HUNDRED,
                "time: 50ms",
                "clients: 2",
                "application: {retry.attempts: [1, 3], retry.budget.perSecond: 1000, limits.throttle: 'off'}",
                "faults: {kind: fail, at: 0s, status: 503}");
        // Half of the clients make one attempt, the others three.
        assertThat(results.value(Measure.AMPLIFICATION)).isCloseTo(2, within(0.05));
    }

    @Test
    void aShareOfRequestsIsSlow() {
        Results results =
                run("load: {rate: 100}", "time: 10ms", "faults: {kind: slow, at: 0s, time: 100ms, share: 20%}");
        assertThat(results.value(Measure.P50)).isCloseTo(10.2 * MILLI, EXACT);
        assertThat(results.value(Measure.P99)).isCloseTo(100.2 * MILLI, within(MILLI));
    }

    @Test
    void aHedgeIsAnAttemptBesideAnotherAndARetryIsNone() {
        String three = "time: 10ms, servers: 3";
        Results retried = run(HUNDRED, three, "faults: {kind: fail, at: 0s, status: 503, share: 5%}");
        assertThat(retried.value(Measure.EXTRA_LOAD)).isCloseTo(0.05, within(0.02));
        assertThat(retried.value(Measure.HEDGES)).isZero();
        Results hedged = run(HUNDRED, three + ", slowShare: 1%, slowFactor: 20");
        assertThat(hedged.value(Measure.HEDGES)).isBetween(0.003, 0.015);
        assertThat(hedged.value(Measure.EXTRA_LOAD)).isCloseTo(hedged.value(Measure.HEDGES), within(1e-9));
    }

    @Test
    void aConnectionThatIsResetIsLostAndNotRefused() {
        Results results = run(HUNDRED, "time: 1ms", ONE_TRY, "faults: {kind: reset, at: 5s, for: 1s, share: 50%}");
        assertThat(results.value(Measure.ERRORS)).isBetween(35.0, 65.0);
        assertThat(results.value(Measure.REFUSED)).isZero();
    }

    @Test
    void aFailureMayTakeItsTimeAndAWorker() {
        Results results = run(
                HUNDRED,
                "time: 1ms, workers: 1, queue: 1",
                ONE_TRY,
                "faults: {kind: fail, at: 0s, share: 10%, time: 50ms}");
        // One in ten takes 50 ms and is answered 500; of those that come meanwhile one finds a place in the queue.
        assertThat(results.value(Measure.SUCCESS)).isBetween(0.55, 0.75);
        assertThat(results.value(Measure.MAX)).isInfinite();
        assertThat(results.value(Measure.P50)).isBetween(1.2 * MILLI, 60 * MILLI);
    }

    @Test
    void whoNamesATimeIsLeftAloneForSoLong() {
        Results results = run(
                HUNDRED,
                "time: 1ms",
                "deadline: 10s",
                "faults: {kind: fail, status: 429, retryAfter: 2s, at: 5s, for: 1s}");
        assertThat(results.value(Measure.ERRORS)).isZero();
        assertThat(results.value(Measure.MAX)).isBetween(2000 * MILLI, 2010 * MILLI);
    }

    @Test
    void discoveryMayNotNameAServerThatIsWell() {
        Results results = run(HUNDRED, "time: 1ms", "faults: {kind: forget, at: 5s, for: 1s}");
        assertThat(results.fates().get(Fate.NO_ENDPOINT)).isBetween(99L, 101L);
    }

    private static Results run(String load, String server, String... more) {
        boolean lasts = more.length > 0 && more[0].startsWith("duration");
        String one = server.contains("servers: ") ? "" : "servers: 1, ";
        String text = load + "\nfleet: {service: inventory, " + one + server + "}\n" + String.join("\n", more)
                + (lasts ? "" : "\nduration: 10s") + "\n";
        Scenario scenario = ScenarioReader.read("test", text);
        try (World world = new World(scenario)) {
            return new Results(scenario, world.run());
        }
    }
}
