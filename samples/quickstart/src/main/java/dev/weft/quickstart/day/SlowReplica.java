package dev.weft.quickstart.day;

import dev.weft.quickstart.stage.Seen;
import dev.weft.quickstart.stage.Stage;
import dev.weft.quickstart.view.Words;
import java.time.Duration;

/** Round robin takes no notice of slowness; callers need not either: who is late is covered by another. */
final class SlowReplica implements Scene {
    static final Duration DELAY = Duration.ofMillis(400);

    @Override
    public String title() {
        return "slow replica";
    }

    @Override
    public void play(Stage stage) {
        stage.say("inventory-2 becomes slow: " + DELAY.toMillis() + " ms for each answer; round robin does not mind");
        stage.replica("inventory-2").delay(DELAY);
        Seen before = stage.seen("inventory");
        stage.hold(3);
        Seen seen = stage.seen("inventory").since(before);
        stage.promise(
                "late calls are covered",
                "p95 under " + Words.millis(DELAY),
                Words.millis(seen.percentile(95)),
                seen.percentile(95).compareTo(DELAY) < 0);
    }
}
