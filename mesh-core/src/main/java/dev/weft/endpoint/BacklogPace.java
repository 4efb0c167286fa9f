package dev.weft.endpoint;

/**
 * What {@link Backlog} learns from round to round: at which pace answers come, and what one takes where nobody waits.
 * For one thread at a time.
 *
 * <p>A limit that rests on latency must not take a service that has become slower for one whose callers stand in line.
 * The two differ in what holding back does: it shortens a line, and starves a service that has none. So where calls take
 * longer than the limit allows though no more of them are under way, and ever fewer are answered, or where they go on
 * taking much longer, what they take is what an answer takes now.
 */
final class BacklogPace {
    private static final double SECOND = 1e9;
    /** Time constants: of the pace, free and while calls are held; of the base, down and up. */
    private static final double FREE = 1 * SECOND;

    private static final double HELD = 4 * SECOND;
    private static final double DOWN = 1 * SECOND;
    private static final double UP = 15 * SECOND;

    /** When calls are held in vain: the pace fell that far, or they take that much longer than allowed. */
    private static final double STARVED = 0.75;

    private static final double STARVED_FOR = 2 * SECOND;
    private static final double SLOWER = 1.25;
    private static final double SLOWER_FOR = 5 * SECOND;

    /** The share of those who give up at which answers no longer show the pace. */
    private static final double GIVEN_UP = 0.1;

    private double rate;
    private double base;
    private boolean wasHeld;
    private double rateBefore;
    private double slowFor;
    private double slowest;
    private boolean mistaken;

    /** Answers per nanosecond to reckon with; 0 before the first answer. */
    double pace() {
        return rate;
    }

    /** What an answer takes where nobody waits, in nanoseconds. */
    double base() {
        return base;
    }

    /** Whether the last round showed that calls were held in vain. */
    boolean mistaken() {
        return mistaken;
    }

    /**
     * @param mean what the answers took, or where there were none, how long callers waited in vain
     * @param held whether calls are held to the limit
     * @param refusing whether any was refused of late
     * @param allowed the time within which the limit would have them answered
     */
    void round(double lasted, int answers, int givenUp, double mean, boolean held, boolean refusing, double allowed) {
        boolean late = givenUp > GIVEN_UP * answers;
        if (held && !wasHeld) {
            rateBefore = rate;
        }
        wasHeld = held;
        learnRate(answers / lasted, lasted, held, late);
        learnBase(mean, lasted, refusing, late);
        mistaken = false;
        if (held && !late && mean > allowed) {
            slowest = slowFor == 0 ? mean : Math.min(slowest, mean);
            slowFor += lasted;
            mistaken = (slowFor > STARVED_FOR && rate < STARVED * rateBefore)
                    || (slowFor > SLOWER_FOR && slowest > SLOWER * allowed);
            if (mistaken) {
                base = mean;
            }
        }
        if (mistaken || !held || late || mean <= allowed) {
            slowFor = 0;
        }
    }

    private void learnRate(double seen, double lasted, boolean held, boolean late) {
        if (rate == 0) {
            rate = seen;
        } else if (!late || seen > rate) {
            rate += (seen - rate) * gain(lasted, held ? HELD : FREE);
        }
    }

    private void learnBase(double mean, double lasted, boolean refusing, boolean late) {
        if (base == 0) {
            base = mean;
        } else if (mean < base) {
            base += (mean - base) * gain(lasted, DOWN);
        } else if (!refusing && !late) {
            base += (mean - base) * gain(lasted, UP);
        }
    }

    private static double gain(double lasted, double constant) {
        return 1 - Math.exp(-lasted / constant);
    }
}
