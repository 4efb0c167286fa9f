package dev.weft.simulator;

import dev.weft.simulator.measure.Results;
import dev.weft.simulator.report.Plot;
import dev.weft.simulator.report.Table;
import dev.weft.simulator.scenario.Scenario;
import dev.weft.simulator.scenario.ScenarioReader;
import dev.weft.simulator.scenario.ScenarioRefused;
import dev.weft.simulator.world.World;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs scenarios and prints what came of them. Exit code 0, 1 where something required was missed, 2 for a mistake. */
@Command(
        name = "simulator",
        mixinStandardHelpOptions = true,
        description = "What would this policy do in that outage? The real stack in a world of virtual time.")
public final class Simulator implements Callable<Integer> {
    static final List<String> PUBLISHED = List.of(
            "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S7b", "S8", "S8b", "S9", "S10", "S11", "S12", "S13", "S14",
            "S15", "S16", "S17");

    @Parameters(
            paramLabel = "SCENARIO",
            description = "Scenario files, or S1 to S17 of those that come with it; without any, all of these.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--seed", description = "Where chance begins, in place of the scenario's own.")
    private @Nullable Long seed;

    @Option(names = "--seeds", defaultValue = "1", description = "How many runs, each with the next seed.")
    private int seeds;

    @Option(names = "--clients", description = "How many processes call, in place of the scenario's own.")
    private @Nullable Integer clients;

    @Option(names = "--servers", description = "How many servers the service has, in place of the scenario's own.")
    private @Nullable Integer servers;

    @Option(names = "--rate", description = "Requests per second at first, in place of the scenario's own.")
    private @Nullable Double rate;

    @Option(names = "--policy", description = "A policy file, in place of the scenario's own policy.")
    private @Nullable Path policy;

    @Option(names = "--out", description = "A folder for a plot of each run (SVG) and the tables (Markdown).")
    private @Nullable Path folder;

    @Option(names = "--targets", description = "Only what was wanted and what came of it.")
    private boolean targetsOnly;

    private final PrintStream out;

    Simulator(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) {
        System.exit(run(new PrintStream(System.out, true, StandardCharsets.UTF_8), args));
    }

    static int run(PrintStream out, String... args) {
        return new CommandLine(new Simulator(out))
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof ScenarioRefused
                            || e instanceof IllegalArgumentException
                            || e instanceof IOException) {
                        command.getErr().println(e.getMessage());
                        return CommandLine.ExitCode.USAGE;
                    }
                    throw e;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws IOException {
        List<List<Results>> all = new ArrayList<>();
        StringBuilder tables = new StringBuilder();
        for (String name : names.isEmpty() ? PUBLISHED : names) {
            List<Results> runs = runs(scenario(name));
            all.add(runs);
            if (!targetsOnly) {
                tables.append(Table.all(runs)).append('\n');
            }
        }
        tables.append(Table.targets(all));
        out.print(tables);
        out.flush();
        if (folder != null) {
            write(folder, tables.toString(), all);
        }
        boolean missed = all.stream().flatMap(List::stream).anyMatch(Results::missed);
        return missed ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private static void write(Path folder, String tables, List<List<Results>> all) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("results.md"), tables);
        for (List<Results> runs : all) {
            for (Results run : runs) {
                String name = run.scenario().name().replaceAll("[^A-Za-z0-9._-]", "_");
                Files.writeString(folder.resolve(name + "-" + run.scenario().seed() + ".svg"), Plot.svg(run));
            }
        }
    }

    private List<Results> runs(Scenario scenario) throws IOException {
        String text = policy == null ? null : Files.readString(policy);
        if (seeds < 1 || (clients != null && clients < 1)) {
            throw new IllegalArgumentException("--seeds and --clients must be 1 or more");
        }
        if ((servers != null && servers < 1) || (rate != null && !(rate > 0))) {
            throw new IllegalArgumentException("--servers must be 1 or more, and --rate above 0");
        }
        if (rate != null && !(scenario.load().get(0).perSecond() > 0)) {
            throw new IllegalArgumentException(
                    "--rate needs a load that begins above 0; that of " + scenario.name() + " begins with none");
        }
        long first = seed == null ? scenario.seed() : seed;
        return IntStream.range(0, seeds)
                .mapToObj(i -> run(scenario.with(first + i, clients, text).sized(servers, rate)))
                .toList();
    }

    private static Results run(Scenario scenario) {
        try (World world = new World(scenario)) {
            return new Results(scenario, world.run());
        }
    }

    static Scenario scenario(String name) throws IOException {
        if (name.matches("[Ss]\\d+[a-z]?")) {
            String file = "S" + name.substring(1).toLowerCase(Locale.ROOT) + ".yaml";
            try (InputStream in = Simulator.class.getResourceAsStream("/scenarios/" + file)) {
                if (in != null) {
                    return ScenarioReader.read(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        Path path = Path.of(name);
        if (!Files.isRegularFile(path)) {
            throw new IOException(name + ": there is no such file");
        }
        return ScenarioReader.read(name, Files.readString(path));
    }
}
