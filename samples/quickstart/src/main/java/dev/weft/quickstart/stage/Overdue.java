package dev.weft.quickstart.stage;

/** The day takes longer than it may: what is left of it is not played. */
public final class Overdue extends RuntimeException {
    private static final long serialVersionUID = 1;

    Overdue() {
        super("the day takes too long");
    }
}
