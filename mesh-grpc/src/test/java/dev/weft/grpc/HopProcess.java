package dev.weft.grpc;

import dev.weft.time.Time;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** A {@link HopMain} in a Java of its own. It is killed when it should long have ended, so that nobody waits for it. */
final class HopProcess implements AutoCloseable {
    private static final Duration LONGEST_LIFE = Duration.ofSeconds(100);

    private final Process process;
    private final BufferedReader said;
    private final BufferedWriter told;
    private final Time.Scheduled tooLate;
    private final String port;

    /** @param next the address of the next in the chain */
    HopProcess(String what, String next) {
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx96m",
                            "--enable-native-access=ALL-UNNAMED",
                            "-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener",
                            "-cp",
                            System.getProperty("java.class.path"),
                            HopMain.class.getName(),
                            what,
                            next)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        tooLate = Time.system().after(LONGEST_LIFE.toNanos(), process::destroyForcibly);
        said = process.inputReader(StandardCharsets.UTF_8);
        told = process.outputWriter(StandardCharsets.UTF_8);
        port = read();
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    String ask(String line) {
        try {
            told.append(line).append('\n').flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read();
    }

    /** An answer of several parts, each of several words. */
    List<String[]> list(String line) {
        return Arrays.stream(ask(line).split(";", -1))
                .filter(part -> !part.isEmpty())
                .map(part -> part.split(" ", -1))
                .toList();
    }

    private String read() {
        try {
            String line = said.readLine();
            if (line == null) {
                throw new AssertionError("it ended: " + process.info().commandLine());
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        tooLate.cancel();
        process.destroyForcibly();
    }
}
