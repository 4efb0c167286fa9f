package dev.weft.file;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file as it was when all of its set stood still.
 *
 * @param bytes what is in it, or null where it is not there or cannot be read; treat as immutable
 * @param trouble why it cannot be read; null where it could be, and where it is not there
 */
@SuppressWarnings("ArrayRecordComponent") // equality by content is given below
public record SeenFile(
        Path path, byte @Nullable [] bytes, @Nullable String trouble) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SeenFile that
                && path.equals(that.path)
                && Arrays.equals(bytes, that.bytes)
                && Objects.equals(trouble, that.trouble);
    }

    @Override
    public int hashCode() {
        return Objects.hash(path, trouble, Arrays.hashCode(bytes));
    }

    /** Says nothing of the content, which may be a key. */
    @Override
    public String toString() {
        return path + (bytes == null ? ": " + (trouble == null ? "absent" : trouble) : " (" + bytes.length + " bytes)");
    }
}
