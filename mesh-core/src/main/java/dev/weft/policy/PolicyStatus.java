package dev.weft.policy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with the shared policy in this process.
 *
 * @param revision the policy in use
 * @param refused the text that was refused and is still what the source says, or null
 * @param reason why it is not plainly applied, with line and column for a refusal; empty when it is
 * @param since when this state began
 */
public record PolicyStatus(
        State state, PolicyRevision revision, @Nullable PolicyRevision refused, String reason, Instant since) {

    /** What the state is, in one word. */
    public enum State {
        /** No shared policy has been seen: built-in defaults and the application's own are in use. */
        NONE,
        /** The source's text is in use. */
        APPLIED,
        /** The source's text is not usable; the last good one, if any, stays in use. */
        REFUSED,
        /** The source cannot be read or has lost its text; the last good one stays in use. */
        STALE
    }
}
