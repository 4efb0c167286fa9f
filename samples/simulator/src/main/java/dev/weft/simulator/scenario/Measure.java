package dev.weft.simulator.scenario;

import java.util.Locale;

/** What a scenario can be judged by. A failed or late answer counts as infinite in every percentile. */
public enum Measure {
    SUCCESS("success", Unit.SHARE, true, "requests that succeeded within their deadline"),
    ERRORS("errors", Unit.COUNT, false, "requests that did not"),
    P50("p50", Unit.TIME, false, "median latency"),
    P99("p99", Unit.TIME, false, "99th percentile of latency"),
    P999("p99.9", Unit.TIME, false, "99.9th percentile of latency"),
    MAX("max", Unit.TIME, false, "the longest latency"),
    AMPLIFICATION("amplification", Unit.RATIO, false, "attempts per request at the first service"),
    LAST_HOP("last hop", Unit.RATIO, false, "attempts per request at the last service of a chain"),
    EXTRA_LOAD("extra load", Unit.SHARE, false, "attempts beyond the first, per request"),
    HEDGES(
            "hedges",
            Unit.SHARE,
            false,
            "attempts beside one that is under way, per request; of live clients, extra load"),
    SHARE("share", Unit.SHARE, false, "attempts at the faulty servers while they were faulty, of all"),
    ATTEMPTS_OUT("attempts until out", Unit.COUNT, false, "attempts at a faulty server until it was left out"),
    OUT("out after", Unit.TIME, false, "time from the fault until the faulty server was left out"),
    BACK("back after", Unit.TIME, false, "time from healing until the server had half of its share again"),
    REFUSED("refused connects", Unit.COUNT, false, "connects that were refused"),
    GOODPUT("goodput", Unit.RATE, true, "requests that succeeded, per second of overload"),
    RECOVERY("recovery", Unit.TIME, false, "time from the end of trouble until requests succeed again"),
    REJECTED("rejected here", Unit.SHARE, false, "requests refused on the caller's side and not sent"),
    REJECTION("rejection", Unit.TIME, false, "the longest that such a refusal took"),
    WASTED("unwanted answers", Unit.SHARE, false, "answers that nobody waited for, of all"),
    TOP("top level", Unit.SHARE, true, "requests of the highest criticality that succeeded"),
    BUSIEST("busiest server", Unit.RATIO, false, "attempts at the busiest server over those at a server on average"),
    ZONE("zone over its share", Unit.RATIO, false, "the largest share of a zone over its share of capacity");

    /** How a value is written. */
    public enum Unit {
        SHARE,
        COUNT,
        TIME,
        RATIO,
        RATE
    }

    private final String label;
    private final Unit unit;
    private final boolean more;
    private final String about;

    Measure(String label, Unit unit, boolean more, String about) {
        this.label = label;
        this.unit = unit;
        this.more = more;
        this.about = about;
    }

    public String label() {
        return label;
    }

    public Unit unit() {
        return unit;
    }

    /** What it counts, in words. */
    public String about() {
        return about;
    }

    /** Its name in a scenario file. */
    public String key() {
        StringBuilder key = new StringBuilder();
        for (String word : name().toLowerCase(Locale.ROOT).split("_", -1)) {
            key.append(key.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return key.toString();
    }

    /** Whether {@code value} is as good as {@code wanted} or better; what is not known is not. */
    public boolean meets(double value, double wanted) {
        return more ? value >= wanted : value <= wanted;
    }

    /** Whether {@code value} is worse than {@code other}; not knowing is worst. */
    public boolean worse(double value, double other) {
        return Double.isNaN(value) || (more ? value < other : value > other);
    }

    /** The sign between a value and what is wanted of it. */
    public String sign() {
        return more ? ">= " : "<= ";
    }

    /** A value for people: times are nanoseconds. */
    public String text(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        if (Double.isInfinite(value)) {
            return "never";
        }
        return switch (unit) {
            case SHARE -> String.format(Locale.ROOT, "%.3f %%", 100 * value);
            case COUNT -> String.format(Locale.ROOT, "%.0f", value);
            case RATIO -> String.format(Locale.ROOT, "%.3f", value);
            case RATE -> String.format(Locale.ROOT, "%.1f/s", value);
            case TIME ->
                value >= 10e9
                        ? String.format(Locale.ROOT, "%.1f s", value / 1e9)
                        : String.format(Locale.ROOT, "%.1f ms", value / 1e6);
        };
    }
}
