package dev.weft.stack;

/**
 * The places of the stack, in the order in which a request meets them. Those above {@link #BALANCE} speak of the
 * call; those below speak of one attempt at one node.
 */
public enum Slot {
    LOG("sees all that happens below, tells it once"),
    TRACE("one span for the logical call; attempts are its children"),
    METRICS("counts the logical call, its fate and its whole time"),
    DEADLINE("bounds everything below, attempts and pauses included"),
    FALLBACK("above all that can fail or refuse, within the deadline"),
    COLLAPSE("above rate: what is sent once counts once; below fallback, which each has for itself"),
    RATE("above retry: a call is one, however often it is tried; below deadline, as all that may refuse"),
    RETRY("makes the attempts: all below is done anew for each"),
    HEDGE("below retry: both legs of a race are one try to it; they share its budget"),
    BREAKER("below retry: an open breaker is seen by each attempt"),
    LIMIT("below retry: a pause between attempts holds no permit"),
    BALANCE("picks the node; all below speaks of that node"),
    ATTEMPT("span and metrics of one attempt at one node"),
    EJECTION("judges the node by each attempt's answer"),
    HEALTH("hears who answers; asks the others how they are"),
    WIRE("sends");

    private final String why;

    Slot(String why) {
        this.why = why;
    }

    /** Why it stands where it stands. */
    public String why() {
        return why;
    }
}
