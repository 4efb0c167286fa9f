package dev.weft.quickstart.day;

import dev.weft.policy.Policy;
import dev.weft.policy.PolicyStatus;
import dev.weft.quickstart.stage.PolicyDraft;
import dev.weft.quickstart.stage.Stage;

/** A change of one value in the policy while everything runs. */
final class Edit {
    /** How long a saved policy may take to be in use; it takes well below a second on an idle machine. */
    static final int SECONDS_TO_USE = 5;

    private Edit() {}

    /** Puts {@code better} in place of {@code part}, saves, and waits until the result is in use. */
    static void inUse(Stage stage, String part, String better) {
        PolicyDraft policy = stage.policy().replace(part, better);
        String before = stage.mesh().policy().status().revision().hash();
        policy.save();
        stage.say("The policy is edited: " + part.strip() + "  ->  " + better.strip());
        stage.until(SECONDS_TO_USE, () -> {
            PolicyStatus status = stage.mesh().policy().status();
            return status.state() == PolicyStatus.State.APPLIED
                    && !status.revision().hash().equals(before);
        });
    }

    /** Promises that {@code key} has {@code value} for calls of {@code service}, and that explain says from where. */
    static void explained(Stage stage, String service, String key, String value) {
        Policy.Explained row = explain(stage, service, key);
        stage.say("explain: " + service + " " + row.key() + " = " + row.value() + ", set by " + row.origin());
        // The part of the draft that the origin must point at.
        long line = stage.policy().lineOf(key.substring(key.lastIndexOf('.') + 1) + ": " + value);
        stage.promise(
                "explain tells " + key + " and its place",
                value + " from line " + line,
                row.value() + " from " + place(row.origin().where()),
                row.value().equals(value) && row.origin().where().contains(":" + line + ":"));
    }

    private static String place(String where) {
        return where.substring(where.lastIndexOf('/') + 1);
    }

    private static Policy.Explained explain(Stage stage, String service, String key) {
        return stage.mesh().explain(service, "GET", "/").rows().stream()
                .filter(row -> row.key().equals(key))
                .findFirst()
                .orElseThrow();
    }
}
