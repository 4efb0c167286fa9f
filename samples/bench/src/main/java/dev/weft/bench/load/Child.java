package dev.weft.bench.load;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java process of ours that is spoken to line by line, and ends when its input does. */
public final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;

    private Child(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        this.in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII));
    }

    /** Starts {@code main} with this process's own Java and class path. */
    public static Child java(Class<?> main, List<String> args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xms256m",
                "-Xmx384m",
                "-XX:+UseG1GC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(Certificates.option());
        command.add(main.getName());
        command.addAll(args);
        return new Child(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** In a child: serves until its input ends, and ends the process then. */
    static void untilTold() throws IOException {
        int read;
        do {
            read = System.in.read();
        } while (read >= 0);
        System.exit(0);
    }

    public String ask(String line) throws IOException {
        in.write(line);
        in.newLine();
        in.flush();
        return read();
    }

    public String read() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException(
                    "a child process ended early: " + process.info().commandLine());
        }
        return line;
    }

    @Override
    public void close() {
        try {
            in.close();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
