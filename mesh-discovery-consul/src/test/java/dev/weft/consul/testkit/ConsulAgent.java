package dev.weft.consul.testkit;

import dev.weft.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Consul agent on free loopback ports, which can be stopped, killed, paused and started again on the same
 * ports. Ends with the JVM at the latest. Safe for use by any thread, but faults are best injected by one.
 */
public final class ConsulAgent implements AutoCloseable {
    private static final Set<Process> running = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> running.forEach(Process::destroyForcibly), "consul-agents-end"));
    }

    private final List<String> command;
    private final Path folder;
    private final ConsulApi api;
    private final boolean alone;
    private final int firstPort;
    private volatile @Nullable Process process;

    ConsulAgent(ConsulAgentBuilder builder, Path folder, int firstPort) {
        this.command = builder.command(ConsulBinary.path(), folder, firstPort);
        this.folder = folder;
        this.firstPort = firstPort;
        this.alone = builder.servers() == 1;
        this.api = new ConsulApi("http://127.0.0.1:" + firstPort, builder.masterToken());
    }

    /** A fresh agent that keeps everything in memory, ready for use. */
    public static ConsulAgent start() {
        return builder().start();
    }

    public static ConsulAgentBuilder builder() {
        return new ConsulAgentBuilder();
    }

    /** Such as {@code http://127.0.0.1:21000}. */
    public String url() {
        return api.url();
    }

    /** Where it serves HTTPS, if {@link ConsulAgentBuilder#https} was asked for. */
    public String httpsUrl() {
        return "https://127.0.0.1:" + (firstPort + 3);
    }

    /** Where it answers DNS questions, if {@link ConsulAgentBuilder#dns} was asked for. */
    public String dnsAddress() {
        return "127.0.0.1:" + (firstPort + 4);
    }

    /** Plain calls to its HTTP API, with the master token where there is one. */
    public ConsulApi api() {
        return api;
    }

    /** Starts the program again, with the same ports and, unless it keeps all in memory, the same data. */
    public void restart() {
        launch();
        if (alone) {
            awaitReady();
        }
    }

    void launch() {
        if (process != null) {
            throw new IllegalStateException("the agent at " + url() + " runs already");
        }
        try {
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
            running.add(started);
            process = started;
        } catch (IOException e) {
            throw new UncheckedIOException("starting consul failed", e);
        }
    }

    /** Waits until there is a leader and a certificate authority. */
    public void awaitReady() {
        long until = Time.system().nanos() + Duration.ofSeconds(60).toNanos();
        BooleanSupplier over = () -> {
            Process started = process;
            return started == null || !started.isAlive();
        };
        while (!api.ready()) {
            if (over.getAsBoolean() || Time.system().nanos() - until > 0) {
                String said = lastWords();
                close();
                throw new IllegalStateException("consul at " + url() + " did not become ready: " + said);
            }
            Time.system()
                    .park(over, Time.system().nanos() + Duration.ofMillis(30).toNanos());
        }
    }

    /** Asks it to stop, as an operator would, and waits until it has. */
    public void stop() {
        end(false);
    }

    /** {@code kill -9}. */
    public void kill() {
        end(true);
    }

    private void end(boolean hard) {
        Process ending = process;
        process = null;
        if (ending == null) {
            return;
        }
        if (hard) {
            ending.destroyForcibly();
        } else {
            ending.destroy();
        }
        try {
            if (!ending.waitFor(10, TimeUnit.SECONDS)) {
                ending.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running.remove(ending);
    }

    /** Freezes it (SIGSTOP): it accepts connections and answers nothing. */
    public void pause() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        Process target = process;
        if (target == null) {
            throw new IllegalStateException("the agent at " + url() + " does not run");
        }
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + target.pid())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Path log() {
        return folder.resolve("log");
    }

    private String lastWords() {
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(log(), StandardCharsets.UTF_8));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    /** Kills it and removes its files. */
    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
