package dev.weft.health;

/** What the checks of one node have come to so far. Not thread-safe. */
final class Streak {
    private boolean failing;
    private boolean everGood;
    private int failures;
    private int successes;

    boolean failing() {
        return failing;
    }

    /** One after the other, up to now. */
    int failures() {
        return failures;
    }

    /** The first success of all makes a node healthy at once: it has only just begun. */
    void good(int enough) {
        failures = 0;
        successes++;
        if (!failing || !everGood || successes >= enough) {
            word(true);
        }
    }

    void bad(int enough) {
        successes = 0;
        failures++;
        failing |= failures >= enough;
    }

    /** Of the server itself: there is nothing to count. */
    void word(boolean healthy) {
        failing = !healthy;
        everGood |= healthy;
        failures = 0;
        successes = 0;
    }
}
