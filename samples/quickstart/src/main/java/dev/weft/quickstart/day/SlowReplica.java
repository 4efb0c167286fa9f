package dev.weft.quickstart.day;

import dev.weft.quickstart.stage.Seen;
import dev.weft.quickstart.stage.Stage;
import dev.weft.quickstart.view.Words;
import java.time.Duration;

/** Round robin takes no notice of slowness: that is what the next scene mends. */
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
                "what is wrong can be seen",
                "p99 at " + Words.millis(DELAY) + " or more",
                Words.millis(seen.percentile(99)),
                // The histogram keeps two digits.
                seen.percentile(99).compareTo(DELAY.multipliedBy(98).dividedBy(100)) >= 0);
    }
}
