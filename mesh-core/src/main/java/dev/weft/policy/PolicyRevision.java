package dev.weft.policy;

import java.time.Instant;

/**
 * Which policy text is meant.
 *
 * @param source the name of the file or key
 * @param index the source's own version number: Consul's ModifyIndex, 0 where there is none
 * @param hash SHA-256 of the text, lower case hex; empty for the built-in policy
 * @param at when it was applied or refused here
 */
public record PolicyRevision(String source, long index, String hash, Instant at) {
    /** Nothing but built-in defaults and the application's own. */
    public static final PolicyRevision BUILT_IN = new PolicyRevision("built-in", 0, "", Instant.EPOCH);

    /** The first 12 digits of the hash; {@code built-in} where there is none. */
    public String shortHash() {
        return hash.isEmpty() ? "built-in" : hash.substring(0, Math.min(12, hash.length()));
    }

    PolicyRevision withAt(Instant other) {
        return new PolicyRevision(source, index, hash, other);
    }

    @Override
    public String toString() {
        return hash.isEmpty() ? source : source + " " + shortHash() + (index == 0 ? "" : " (index " + index + ")");
    }
}
