package dev.weft.admission;

/** Why a request is not handled. The application has not seen it. */
public enum Refusal {
    /** Its deadline has passed, or will have before an answer could be there. No other server would be in time either. */
    TOO_LATE,
    /** This server has more to do than it can; another may not. */
    OVERLOADED,
    /** So have the others, as far as one can tell from here: nobody is to try again. */
    ALL_OVERLOADED;

    /** The header, or trailer, that says that the application has not seen a request. */
    public static final String MARK = "Mesh-Refused";

    /** Its value where that is for overload. */
    public static final String OVERLOAD = "overload";

    /** How long callers who know nothing of the mark are asked to wait, in seconds. */
    public static final int REST_SECONDS = 1;

    /** Whether the request may go to another server. */
    public boolean anotherMay() {
        return this == OVERLOADED;
    }
}
