package dev.weft.consul.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
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
                found = ProgramScript.obtain(
                        ConsulBinary.class, "get-consul.sh", Path.of(System.getProperty(FOLDER, "target/consul")));
                path = found;
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("getting a consul failed", e);
        } finally {
            once.unlock();
        }
    }
}
