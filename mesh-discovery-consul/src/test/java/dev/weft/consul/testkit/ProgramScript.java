package dev.weft.consul.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** A real program to test against, obtained by a script that says on its standard output where it has put it. */
public final class ProgramScript {
    private ProgramScript() {}

    /**
     * Runs a script for a folder, never twice at the same time on a machine.
     *
     * @param beside the class beside which the script lies as a resource
     * @return the program's path
     * @throws IllegalStateException with the script's own words where there is none to be had; nothing is ever skipped
     */
    public static Path obtain(Class<?> beside, String script, Path folder) throws IOException {
        Files.createDirectories(folder);
        try (FileChannel channel =
                FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Held until the channel closes.
            channel.lock();
            Path copy = folder.resolve(script);
            try (InputStream in = beside.getResourceAsStream(script)) {
                if (in == null) {
                    throw new IllegalStateException(script + " is not in the test kit; build the module again");
                }
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            }
            return run(copy, folder);
        }
    }

    private static Path run(Path script, Path folder) throws IOException {
        Path said = folder.resolve(script.getFileName().toString().replace(".sh", ".log"));
        Process process = new ProcessBuilder("sh", script.toString(), folder.toString())
                .redirectError(said.toFile())
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0 || out.isEmpty()) {
                throw new IllegalStateException("No real program to test against. "
                        + Files.readString(said).strip());
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + script + " ran", e);
        }
        return Path.of(out);
    }
}
