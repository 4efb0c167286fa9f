package dev.weft.quickstart.day;

import dev.weft.quickstart.stage.Seen;
import dev.weft.quickstart.stage.Stage;
import dev.weft.quickstart.view.Words;
import java.time.Duration;
import java.util.Set;

/** The only replica of a service hangs: callers are not held up, and after a while not even kept waiting. */
final class DeadlineEdited implements Scene {
    private static final Duration HANG = Duration.ofSeconds(2);
    /** Far below the hang, far above the deadline: only one of them can have ended the calls. */
    private static final Duration LONGEST = Duration.ofSeconds(1);

    /** Late, or refused since it would be late, or since most were. */
    private static final Set<String> ANNOUNCED = Set.of("failed_deadline", "rejected_limit", "rejected_breaker");

    @Override
    public String title() {
        return "deadline edited";
    }

    @Override
    public boolean announced(String service, String reason) {
        return service.equals("pricing") && ANNOUNCED.contains(reason);
    }

    @Override
    public void play(Stage stage) {
        Edit.inUse(stage, "deadline: {total: 6s}", "deadline: {total: 250ms}");
        Edit.explained(stage, "pricing", "deadline.total", "250ms");
        stage.say(
                "pricing-1 hangs: " + HANG.toMillis() + " ms for each answer; calls end at their deadline (announced)");
        stage.settle();
        stage.replica("pricing-1").delay(HANG);
        Seen before = stage.seen("pricing");
        boolean opened =
                stage.until(10, () -> stage.figures().breaker("pricing").equals("open"));
        stage.hold(2);
        Seen seen = stage.seen("pricing").since(before);
        stage.promise(
                "a hanging service holds nobody up",
                "half of the calls end within " + Words.millis(LONGEST),
                Words.millis(seen.percentile(50)) + ", " + seen.failures(),
                seen.failed() > 0 && seen.percentile(50).compareTo(LONGEST) <= 0);
        stage.promise("its breaker opens", "open within 10 s", opened ? "open" : "not open", opened);

        stage.say("pricing-1 is well again, and the deadline is set back");
        stage.replica("pricing-1").delay(Duration.ZERO);
        Edit.inUse(stage, "deadline: {total: 250ms}", "deadline: {total: 6s}");
        boolean closed =
                stage.until(12, () -> stage.figures().breaker("pricing").equals("closed"));
        stage.settle();
        stage.promise("its breaker closes", "closed within 12 s", closed ? "closed" : "not closed", closed);
    }
}
