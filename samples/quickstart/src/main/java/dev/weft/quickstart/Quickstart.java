package dev.weft.quickstart;

import dev.weft.quickstart.day.Day;
import dev.weft.quickstart.day.Scene;
import dev.weft.quickstart.stage.Backend;
import dev.weft.quickstart.stage.FileBackend;
import dev.weft.quickstart.stage.Stage;
import dev.weft.quickstart.view.AnsiView;
import dev.weft.quickstart.view.PlainView;
import dev.weft.quickstart.view.Promised;
import dev.weft.quickstart.view.Terminal;
import dev.weft.quickstart.view.View;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Plays the day. Exit code 0 where every promise held. */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        description =
                "Three replicas of inventory, one of pricing, a storefront that calls them through Weft, and a day"
                        + " full of trouble.")
public final class Quickstart implements Callable<Integer> {
    @Option(names = "--plain", description = "Lines instead of a screen that is redrawn.")
    private boolean plain;

    @Option(names = "--quick", description = "The same day in half the time.")
    private boolean quick;

    private final PrintStream out;
    private final List<Scene> scenes;

    Quickstart(PrintStream out, List<Scene> scenes) {
        this.out = out;
        this.scenes = scenes;
    }

    public static void main(String[] args) {
        System.exit(run(System.out, Day.scenes(), args));
    }

    static int run(PrintStream out, List<Scene> scenes, String... args) {
        return new CommandLine(new Quickstart(out, scenes)).execute(args);
    }

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("weft-quickstart");
        List<Promised> promises;
        try (Backend backend = new FileBackend(folder)) {
            out.println("Weft quickstart: policy and discovery from " + backend.name());
            promises = play(backend, folder);
        } finally {
            Folders.delete(folder);
        }
        return promises.stream().allMatch(Promised::held) ? 0 : 1;
    }

    private List<Promised> play(Backend backend, Path folder) {
        View view = plain || !Terminal.canRedraw() ? new PlainView(out) : new AnsiView(out);
        List<Promised> promises;
        try (view) {
            try (Stage stage = new Stage(backend, view, folder, quick ? 2 : 1)) {
                Day.play(scenes, stage);
                promises = stage.promises();
            }
        }
        view.summary(promises);
        return promises;
    }
}
