package dev.weft.quickstart.day;

import dev.weft.quickstart.stage.Overdue;
import dev.weft.quickstart.stage.Seen;
import dev.weft.quickstart.stage.Stage;
import dev.weft.quickstart.view.Words;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The day: its scenes one after the other, and the promise that holds in all of them. */
public final class Day {
    private static final List<String> SERVICES = List.of("inventory", "pricing");

    private Day() {}

    /** The day as it is played: the list to read. */
    public static List<Scene> scenes() {
        return List.of(
                new Opening(),
                new ReplicaDies(),
                new ReplicaReturns(),
                new SlowReplica(),
                new BalancerEdited(),
                new ReplicaHeals(),
                new RetriesOffAndOn(),
                new DeadlineEdited(),
                new BrokenPolicy(),
                new PolicyRepaired());
    }

    /** Plays {@code scenes}; what became of their promises is in {@link Stage#promises}. */
    public static void play(List<Scene> scenes, Stage stage) {
        String played = "";
        try {
            for (Scene scene : scenes) {
                played = scene.title();
                play(scene, stage);
            }
        } catch (Overdue e) {
            stage.say("The day takes too long: it is stopped in '" + played + "'");
        }
        stage.scene("the whole day");
        stage.promise(
                "it is over in time",
                "within " + Words.seconds(stage.limit()).strip(),
                Words.seconds(stage.elapsed()).strip() + (stage.overdue() ? ", stopped in '" + played + "'" : ""),
                !stage.overdue());
    }

    private static void play(Scene scene, Stage stage) {
        stage.scene(scene.title());
        List<Seen> before = SERVICES.stream().map(stage::seen).toList();
        scene.play(stage);
        stage.settle();
        answered(scene, stage, before);
    }

    /** The promise of every scene. */
    private static void answered(Scene scene, Stage stage, List<Seen> before) {
        long calls = 0;
        long failures = 0;
        Map<String, Long> surprises = new TreeMap<>();
        for (int i = 0; i < SERVICES.size(); i++) {
            String service = SERVICES.get(i);
            Seen seen = stage.seen(service).since(before.get(i));
            calls += seen.calls();
            failures += seen.failed();
            seen.failures().forEach((reason, count) -> {
                if (!scene.announced(service, reason)) {
                    surprises.put(service + " " + reason, count);
                }
            });
        }
        stage.promise(
                "callers are answered",
                "no errors" + (failures > 0 && surprises.isEmpty() ? " but those announced" : ""),
                calls + " calls, " + (surprises.isEmpty() ? failures + " errors" : surprises.toString()),
                calls > 0 && surprises.isEmpty());
    }
}
