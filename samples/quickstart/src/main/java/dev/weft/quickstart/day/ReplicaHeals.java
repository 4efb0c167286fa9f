package dev.weft.quickstart.day;

import dev.weft.quickstart.stage.Seen;
import dev.weft.quickstart.stage.Stage;
import dev.weft.quickstart.view.Words;
import java.time.Duration;

/** What was slow is fast again, and is given work again. */
final class ReplicaHeals implements Scene {
    private static final double LEAST = 0.1;

    @Override
    public String title() {
        return "it heals";
    }

    @Override
    public void play(Stage stage) {
        stage.say("inventory-2 is well again");
        stage.replica("inventory-2").delay(Duration.ZERO);
        Share share = new Share(stage, "inventory-2");
        stage.until(15, () -> share.ofLately() >= LEAST);
        stage.promise(
                "it gets its share back",
                "at least " + Words.percent(LEAST) + " within 15 s",
                Words.percent(share.ofLately()),
                share.best() >= LEAST);
    }

    /** The share of one replica in each half second. */
    private static final class Share {
        private static final int ENOUGH_CALLS = 50;
        private final Stage stage;
        private final String replica;
        private Seen from;
        private double last;
        private double best;

        Share(Stage stage, String replica) {
            this.stage = stage;
            this.replica = replica;
            this.from = stage.seen("inventory");
        }

        double ofLately() {
            Seen now = stage.seen("inventory");
            Seen lately = now.since(from);
            if (lately.answered() >= ENOUGH_CALLS) {
                last = lately.share(replica);
                best = Math.max(best, last);
                from = now;
            }
            return last;
        }

        double best() {
            return best;
        }
    }
}
