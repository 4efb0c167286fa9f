package dev.weft.policy;

/** How far a rule goes. */
public enum Mode {
    /** Not there at all. */
    OFF,
    /** Decides, counts and logs, and lets everything pass. */
    OBSERVE,
    /** Acts. */
    ENFORCE
}
