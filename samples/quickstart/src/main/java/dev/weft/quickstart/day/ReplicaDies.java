package dev.weft.quickstart.day;

import dev.weft.quickstart.stage.Seen;
import dev.weft.quickstart.stage.Stage;

/** A process is killed in the middle of its work, and nobody notices but the operator. */
final class ReplicaDies implements Scene {
    @Override
    public String title() {
        return "a replica dies";
    }

    @Override
    public void play(Stage stage) {
        long retries = stage.figures().retries("inventory");
        stage.say("inventory-3 is killed (kill -9)");
        stage.replica("inventory-3").kill();
        boolean ejected = stage.until(10, () -> stage.ejected("inventory") == 1);
        Seen before = stage.seen("inventory");
        stage.hold(2);
        Seen seen = stage.seen("inventory").since(before);
        long more = stage.figures().retries("inventory") - retries;
        stage.promise("calls to it are tried elsewhere", "at least 1 retry", more + " retries", more >= 1);
        stage.promise(
                "it is left out",
                "ejected, and no answers from it",
                (ejected ? "ejected, " : "not ejected, ") + seen.byReplica().getOrDefault("inventory-3", 0L)
                        + " answers",
                ejected && !seen.byReplica().containsKey("inventory-3"));
    }
}
