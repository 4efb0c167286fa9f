package dev.weft.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a file shows without reading it; links are followed.
 *
 * @param modified null where there is no file to read
 * @param key which file it is, where the file system can tell
 * @param trouble why it cannot be read, or null
 */
record FileSighting(
        @Nullable FileTime modified,
        long size,
        @Nullable Object key,
        @Nullable String trouble) {
    private static final FileSighting ABSENT = new FileSighting(null, 0, null, null);

    static FileSighting of(Path file) {
        try {
            BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
            // Opening a pipe would wait, and a device may never end.
            return seen.isRegularFile()
                    ? new FileSighting(seen.lastModifiedTime(), seen.size(), seen.fileKey(), null)
                    : new FileSighting(null, 0, null, "it is not a file");
        } catch (NoSuchFileException e) {
            return ABSENT;
        } catch (IOException | SecurityException e) {
            return new FileSighting(null, 0, null, reason(e));
        }
    }

    static String reason(Exception e) {
        return e instanceof AccessDeniedException ? "permission denied" : e.toString();
    }

    boolean isFile() {
        return modified != null;
    }

    boolean isOlderThan(Duration age, Instant now) {
        return modified != null && modified.toInstant().plus(age).isBefore(now);
    }
}
