package dev.weft.consul.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The consul program, obtained by {@code get-consul.sh} into the folder that the system property {@code
 * weft.consul.dir} names. The script runs once in a JVM, and never twice at the same time on a machine.
 */
public final class ConsulBinary {
    private static final String FOLDER = "weft.consul.dir";
    private static final ReentrantLock once = new ReentrantLock();
    private static @Nullable Path path;

    private ConsulBinary() {}

    /** The program's path. Throws with the script's own words where none can be had; nothing is ever skipped. */
    public static Path path() {
        once.lock();
        try {
            Path found = path;
            if (found == null) {
                found = obtain(Path.of(System.getProperty(FOLDER, "target/consul")));
                path = found;
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("getting a consul failed", e);
        } finally {
            once.unlock();
        }
    }

    private static Path obtain(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (FileChannel channel =
                FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Held until the channel closes.
            channel.lock();
            Path script = folder.resolve("get-consul.sh");
            try (InputStream in = ConsulBinary.class.getResourceAsStream("get-consul.sh")) {
                if (in == null) {
                    throw new IllegalStateException("get-consul.sh is not in the test kit; build the module again");
                }
                Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
            }
            return run(script, folder);
        }
    }

    private static Path run(Path script, Path folder) throws IOException {
        Path said = folder.resolve("get-consul.log");
        Process process = new ProcessBuilder("sh", script.toString(), folder.toString())
                .redirectError(said.toFile())
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0 || out.isEmpty()) {
                throw new IllegalStateException(
                        "No real Consul to be had. " + Files.readString(said).strip());
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while getting a consul", e);
        }
        return Path.of(out);
    }
}
