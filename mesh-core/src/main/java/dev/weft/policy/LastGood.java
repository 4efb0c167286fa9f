package dev.weft.policy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copy on disk of the last policy that was good, for a start while its source is away. The file is the policy
 * itself below one line of comment; it is replaced by renaming, and its hash is checked when it is read.
 */
final class LastGood {
    private static final Logger log = LoggerFactory.getLogger(PolicyStore.class);
    private static final int LONGEST_HEADER = 1024;
    private static final Pattern HEADER =
            Pattern.compile("# Last good policy of .*, index (\\d{1,19}), applied (\\S{1,40}), sha256 ([0-9a-f]{64})");

    private final Path folder;
    private final Path file;
    private final String source;

    LastGood(Path folder, String source) {
        this.folder = folder;
        this.source = source;
        String name = source.replaceAll("[^A-Za-z0-9._-]+", "_");
        // The hash keeps apart sources whose names differ in other characters only, or far behind.
        String tail = Sha256.hex(source.getBytes(StandardCharsets.UTF_8)).substring(0, 8);
        this.file = folder.resolve("policy-" + name.substring(0, Math.min(60, name.length())) + "-" + tail + ".yaml");
    }

    /** The copy, or null where there is none that can be trusted. */
    @Nullable
    Copy read() {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LONGEST_HEADER + SourceText.LIMIT_BYTES + 1);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            log.warn("the last good policy in {} cannot be read and is not used: {}", file, e.toString());
            return null;
        }
        Copy copy = parse(bytes);
        if (copy == null) {
            log.warn("the last good policy in {} is damaged and is not used", file);
        }
        return copy;
    }

    private @Nullable Copy parse(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        Matcher header = HEADER.matcher(new String(bytes, 0, end, StandardCharsets.UTF_8));
        if (!header.matches()) {
            return null;
        }
        byte[] content = Arrays.copyOfRange(bytes, Math.min(end + 1, bytes.length), bytes.length);
        if (!Sha256.hex(content).equals(header.group(3))) {
            return null;
        }
        try {
            return new Copy(
                    new PolicyText(source, content, Long.parseLong(header.group(1))), Instant.parse(header.group(2)));
        } catch (NumberFormatException | DateTimeParseException e) {
            return null;
        }
    }

    /** Replaces the copy; a failure is logged and does no harm. */
    void save(PolicyText text, PolicyRevision revision) {
        String header = "# Last good policy of " + PlainWords.of(source) + ", index " + revision.index() + ", applied "
                + revision.at() + ", sha256 " + revision.hash() + "\n";
        Path fresh = null;
        try {
            Files.createDirectories(folder);
            fresh = Files.createTempFile(folder, "policy-", ".tmp");
            try (var out = Files.newOutputStream(fresh)) {
                out.write(header.getBytes(StandardCharsets.UTF_8));
                out.write(text.bytes());
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | SecurityException e) {
            log.warn("the last good policy could not be kept in {}: {}", file, e.toString());
            drop(fresh);
        }
    }

    private static void drop(@Nullable Path fresh) {
        try {
            if (fresh != null) {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException | SecurityException e) {
            log.debug("a piece of a policy is left in {}", fresh, e);
        }
    }

    /**
     * What was kept.
     *
     * @param applied when it was applied, by the process that kept it
     */
    record Copy(PolicyText text, Instant applied) {}
}
