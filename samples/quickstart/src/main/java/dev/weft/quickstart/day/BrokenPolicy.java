package dev.weft.quickstart.day;

import dev.weft.policy.PolicyStatus;
import dev.weft.quickstart.stage.Stage;

/** A slip in the policy: it is refused with its place, and nothing changes. */
final class BrokenPolicy implements Scene {
    static final String RIGHT = "deadline: {total: 8s}";
    static final String WRONG = "deadlin: {total: 8s}";

    @Override
    public String title() {
        return "broken policy";
    }

    @Override
    public void play(Stage stage) {
        String revision = stage.mesh().policy().status().revision().hash();
        String rules = stage.mesh().explain("inventory", "GET", "/").rows().toString();
        stage.policy().replace(RIGHT, WRONG).save();
        stage.say("A slip is saved: " + RIGHT + "  ->  " + WRONG);
        boolean refused = stage.until(
                Edit.SECONDS_TO_USE, () -> stage.mesh().policy().status().state() == PolicyStatus.State.REFUSED);
        PolicyStatus status = stage.mesh().policy().status();
        stage.say("status: " + status.state() + " " + status.reason());
        stage.hold(2);
        long line = stage.policy().lineOf(WRONG);
        stage.promise(
                "it is refused with line and reason",
                "line " + line + ", did you mean deadline",
                refused ? status.reason().substring(status.reason().lastIndexOf('/') + 1) : "not refused",
                status.reason().contains(":" + line + ":") && status.reason().contains("did you mean deadline?"));
        if (stage.published() != null) {
            boolean told =
                    stage.until(Edit.SECONDS_TO_USE, () -> published(stage).matches("(?s)REFUSED.*:" + line + ":.*"));
            stage.say("published: " + published(stage));
            stage.promise("operators read it elsewhere", "REFUSED, line " + line, published(stage), told);
        }
        boolean same = stage.mesh().policy().status().revision().hash().equals(revision)
                && stage.mesh()
                        .explain("inventory", "GET", "/")
                        .rows()
                        .toString()
                        .equals(rules);
        stage.promise("nothing changes", "same revision, same values", same ? "the same" : "changed", same);
    }

    private static String published(Stage stage) {
        return String.valueOf(stage.published());
    }
}
