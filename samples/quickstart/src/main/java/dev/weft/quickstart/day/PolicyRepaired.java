package dev.weft.quickstart.day;

import dev.weft.policy.PolicyStatus;
import dev.weft.quickstart.stage.Stage;
import java.util.Locale;

/** The slip is mended, in the same way as it was made. */
final class PolicyRepaired implements Scene {
    @Override
    public String title() {
        return "it is repaired";
    }

    @Override
    public void play(Stage stage) {
        stage.policy().replace(BrokenPolicy.WRONG, BrokenPolicy.RIGHT).save();
        stage.say("The slip is mended");
        boolean applied = stage.until(
                Edit.SECONDS_TO_USE, () -> stage.mesh().policy().status().state() == PolicyStatus.State.APPLIED);
        stage.hold(1);
        stage.promise(
                "the policy is in use again",
                "applied within " + Edit.SECONDS_TO_USE + " s",
                stage.mesh().policy().status().state().toString().toLowerCase(Locale.ROOT),
                applied);
    }
}
