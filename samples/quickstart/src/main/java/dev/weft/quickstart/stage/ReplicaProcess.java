package dev.weft.quickstart.stage;

import dev.weft.quickstart.shop.Replica;
import dev.weft.time.Time;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A replica in a Java of its own, so that its death is a real one. It keeps its port from one life to the next. Its
 * faults are for one thread to make; {@link #state} may be asked by any.
 */
public final class ReplicaProcess implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(30);
    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    private final String name;
    private final List<String> arguments;
    private final Path complaints;
    private Process process;
    private int port;
    private volatile String state = "";

    /**
     * Starts it; {@link #awaitReady} waits until it serves.
     *
     * @param arguments what it is told beside its name and its port
     * @param folder where its complaints are kept
     */
    public ReplicaProcess(String name, List<String> arguments, Path folder) {
        this.name = name;
        this.arguments = List.copyOf(arguments);
        this.complaints = folder.resolve(name + ".log");
        this.process = launch(name, 0, this.arguments, complaints);
    }

    private static Process launch(String name, int port, List<String> arguments, Path complaints) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // A small server that starts fast.
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx96m",
                // Else the JDK's server holds small answers back for 40 ms.
                "-Dsun.net.httpserver.nodelay=true",
                "-Dquickstart.log=target/quickstart-" + name + ".log",
                "-cp",
                System.getProperty("java.class.path"),
                Replica.class.getName(),
                name,
                Integer.toString(port)));
        command.addAll(arguments);
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(complaints.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("starting " + name + " failed", e);
        }
    }

    /** Returns when it serves. */
    public ReplicaProcess awaitReady() {
        Time.Scheduled tooLate = Time.system().after(LONGEST_START.toNanos(), process::destroyForcibly);
        try {
            // Stays open for the life of the process.
            BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
            String line = said.readLine();
            if (line == null) {
                throw new IllegalStateException(name + " did not start: " + Files.readString(complaints));
            }
            port = Integer.parseInt(line);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("starting " + name + " failed", e);
        } finally {
            tooLate.cancel();
        }
    }

    public String name() {
        return name;
    }

    /** The service that it is one of. */
    public String service() {
        return name.substring(0, name.lastIndexOf('-'));
    }

    /** Such as {@code 127.0.0.1:41234}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** What ails it, for people; empty when it is well. */
    public String state() {
        return state;
    }

    /** Makes each answer take that long; {@link Duration#ZERO} heals it. */
    public void delay(Duration delay) {
        command("delay " + delay.toMillis());
        state = delay.isZero() ? "" : "slow: " + delay.toMillis() + " ms";
    }

    /** Makes that share of its answers a 503; 0 heals it. */
    public void fail(int percent) {
        command("fail " + percent);
        state = percent == 0 ? "" : "failing: " + percent + " %";
    }

    private void command(String command) {
        try {
            process.outputWriter(StandardCharsets.UTF_8)
                    .append(command)
                    .append('\n')
                    .flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " does not listen to: " + command, e);
        }
    }

    /** As {@code kill -9} does. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
        state = "dead";
    }

    /** Starts it again on its old port, and returns when it serves. */
    public void revive() {
        process = launch(name, port, arguments, complaints);
        awaitReady();
        state = "";
    }

    /** Asks it to end, so that it takes leave of discovery; kills it when it does not. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (IOException e) {
            kill();
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }
}
