package dev.weft.policy;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a policy, and where.
 *
 * @param source the name of the file or key
 * @param line from 1
 * @param column from 1
 * @param path the place in the document, such as {@code services.inventory.retry.attempts}; empty where the text as
 *     a whole is meant
 * @param problem what is wrong, and what to do about it
 * @param expected what is accepted there, or null where the problem says it
 * @param nearest the known key that was probably meant, or null
 */
public record PolicyError(
        String source,
        int line,
        int column,
        String path,
        String problem,
        @Nullable String expected,
        @Nullable String nearest) {

    @Override
    public String toString() {
        return source + ":" + line + ":" + column + ": " + (path.isEmpty() ? "" : path + ": ") + problem
                + (expected == null ? "" : "; expected " + expected)
                + (nearest == null ? "" : "; did you mean " + nearest + "?");
    }
}
