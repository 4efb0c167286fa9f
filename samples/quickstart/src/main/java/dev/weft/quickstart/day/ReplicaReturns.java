package dev.weft.quickstart.day;

import dev.weft.quickstart.stage.Seen;
import dev.weft.quickstart.stage.Stage;

/** One good probe brings it back. */
final class ReplicaReturns implements Scene {
    @Override
    public String title() {
        return "it returns";
    }

    @Override
    public void play(Stage stage) {
        stage.say("inventory-3 is started again");
        stage.replica("inventory-3").revive();
        Seen before = stage.seen("inventory");
        boolean back = stage.until(10, () -> stage.ejected("inventory") == 0 && answers(stage, before) >= 5);
        stage.hold(1);
        stage.promise(
                "it is used again",
                "in use within 10 s, and answering",
                (back ? "in use, " : "not in use, ") + answers(stage, before) + " answers",
                back);
    }

    private static long answers(Stage stage, Seen before) {
        return stage.seen("inventory").since(before).byReplica().getOrDefault("inventory-3", 0L);
    }
}
