package dev.weft.quickstart.day;

import dev.weft.quickstart.stage.Seen;
import dev.weft.quickstart.stage.Stage;

/** The same sick replica without retries and with them. */
final class RetriesOffAndOn implements Scene {
    private static final int LEAST = 3;

    @Override
    public String title() {
        return "retries edited";
    }

    @Override
    public boolean announced(String service, String reason) {
        return service.equals("inventory") && reason.equals("HTTP 503");
    }

    @Override
    public void play(Stage stage) {
        Edit.inUse(stage, "kind: peakEwma", "kind: roundRobin");
        Edit.inUse(stage, "retry: {attempts: 3}", "retry: {attempts: 1}");
        Edit.explained(stage, "inventory", "retry.attempts", "1");
        stage.say("inventory-1 answers 30 of 100 calls with 503; without retries callers see them (announced)");
        stage.replica("inventory-1").fail(30);
        Seen before = stage.seen("inventory");
        stage.until(10, () -> errors(stage, before) >= LEAST);
        stage.promise(
                "without retries callers see errors",
                "at least " + LEAST + " errors",
                errors(stage, before) + " errors",
                errors(stage, before) >= LEAST);

        Edit.inUse(stage, "retry: {attempts: 1}", "retry: {attempts: 3}");
        stage.settle();
        long retries = stage.figures().retries("inventory");
        Seen since = stage.seen("inventory");
        stage.hold(3);
        stage.until(10, () -> stage.figures().retries("inventory") - retries >= LEAST);
        stage.promise(
                "with retries nobody sees them",
                "0 errors, at least " + LEAST + " retries",
                errors(stage, since) + " errors, " + (stage.figures().retries("inventory") - retries) + " retries",
                errors(stage, since) == 0 && stage.figures().retries("inventory") - retries >= LEAST);
        stage.replica("inventory-1").fail(0);
    }

    private static long errors(Stage stage, Seen before) {
        return stage.seen("inventory").since(before).failed();
    }
}
