package dev.weft.quickstart.day;

import dev.weft.quickstart.stage.Seen;
import dev.weft.quickstart.stage.Stage;
import dev.weft.quickstart.view.Words;

/** The operator chooses a balancer that does mind. */
final class BalancerEdited implements Scene {
    private static final double MOST = 0.15;

    @Override
    public String title() {
        return "balancer edited";
    }

    @Override
    public void play(Stage stage) {
        Edit.inUse(stage, "kind: roundRobin", "kind: peakEwma");
        Edit.explained(stage, "inventory", "balancer.kind", "peakEwma");
        // Those who were on their way to the slow one come back first.
        stage.settle();
        Seen before = stage.seen("inventory");
        stage.hold(2.5);
        double share = stage.seen("inventory").since(before).share("inventory-2");
        stage.promise(
                "the slow replica is spared", "at most " + Words.percent(MOST), Words.percent(share), share <= MOST);
    }
}
