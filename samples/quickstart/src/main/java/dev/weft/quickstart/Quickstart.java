package dev.weft.quickstart;

import dev.weft.quickstart.day.Day;
import dev.weft.quickstart.day.Scene;
import dev.weft.quickstart.stage.Backend;
import dev.weft.quickstart.stage.ConsulBackend;
import dev.weft.quickstart.stage.FileBackend;
import dev.weft.quickstart.stage.Stage;
import dev.weft.quickstart.view.AnsiView;
import dev.weft.quickstart.view.PlainView;
import dev.weft.quickstart.view.Promised;
import dev.weft.quickstart.view.Terminal;
import dev.weft.quickstart.view.View;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
    static final Duration LIMIT = Duration.ofSeconds(60);

    @Option(names = "--plain", description = "Lines instead of a screen that is redrawn.")
    private boolean plain;

    @Option(names = "--quick", description = "The same day in half the time.")
    private boolean quick;

    @Option(
            names = "--consul",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "URL",
            description = "Policy, services and identities from the Consul there, or from one of the day's own.")
    private @Nullable String consul;

    private final PrintStream out;
    private final List<Scene> scenes;
    private final Duration limit;

    Quickstart(PrintStream out, List<Scene> scenes, Duration limit) {
        this.out = out;
        this.scenes = scenes;
        this.limit = limit;
    }

    public static void main(String[] args) {
        System.exit(run(System.out, Day.scenes(), LIMIT, args));
    }

    static int run(PrintStream out, List<Scene> scenes, Duration limit, String... args) {
        return new CommandLine(new Quickstart(out, scenes, limit))
                .setExecutionExceptionHandler(Quickstart::explain)
                .execute(args);
    }

    /** What could not be had is told in words; a fault of the day's own is thrown. */
    private static int explain(Exception failure, CommandLine line, CommandLine.ParseResult parsed) throws Exception {
        if (failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException
                || failure instanceof UncheckedIOException) {
            line.getErr().println("The day cannot be played: " + failure.getMessage());
            return 1;
        }
        throw failure;
    }

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("weft-quickstart");
        List<Promised> promises;
        try (Backend backend = backend(folder)) {
            out.println("Weft quickstart: policy and discovery from " + backend.name());
            promises = play(backend, folder);
        } finally {
            Folders.delete(folder);
        }
        return promises.stream().allMatch(Promised::held) ? 0 : 1;
    }

    private Backend backend(Path folder) {
        if (consul == null) {
            return new FileBackend(folder);
        }
        if (!consul.isEmpty()) {
            return ConsulBackend.at(consul);
        }
        out.println("Starting a Consul; the first time it is fetched, which takes up to a minute");
        return ConsulBackend.started();
    }

    private List<Promised> play(Backend backend, Path folder) {
        View view = plain || !Terminal.canRedraw() ? new PlainView(out) : new AnsiView(out);
        List<Promised> promises;
        try (view) {
            try (Stage stage = new Stage(backend, view, folder, quick ? 2 : 1, limit)) {
                Day.play(scenes, stage);
                promises = stage.promises();
            }
        }
        view.summary(promises);
        return promises;
    }
}
