package dev.weft.retry;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Verdict;
import dev.weft.call.Wire;
import dev.weft.endpoint.Node;
import org.jspecify.annotations.Nullable;

/** What a call's attempts so far mean for the next one: which count, and since when. */
final class AttemptsSoFar<R> {
    /** Where so many nodes cannot be reached, one more is no better: from there on it counts as any other. */
    private static final int MOST_AT_ONCE = 10;

    private final Wire<R> wire;
    private final boolean retries;
    private final boolean repeatsUnseen;

    /** @param retries whether there are any but what the protocol itself repeats */
    AttemptsSoFar(Wire<R> wire, boolean retries) {
        this.wire = wire;
        this.retries = retries;
        this.repeatsUnseen = wire.repeatsUnseen();
    }

    /** Whether it is to go on until there is somebody to send it to, since there was nobody. */
    boolean waits(Call attempt, Outcome<R> outcome) {
        boolean nobody = attempt.verdict() == Verdict.UNSENT
                || (outcome instanceof Failure<R> failure
                        && failure.cause() instanceof MeshException ended
                        && ended.fate() == Fate.NO_ENDPOINT);
        return nobody && wire.waitsForConnection(attempt) && wire.replayable(attempt);
    }

    /** Whether it is repeated at once, without being counted or paid for, where the protocol has it so. */
    boolean transparent(Call attempt) {
        if (!repeatsUnseen) {
            return false;
        }
        return switch (attempt.verdict()) {
            case UNSENT -> unsent(attempt);
            case REFUSED ->
                !attempt.endedBefore(Verdict.REFUSED) || (firstAtNode(attempt) && wire.lostItsConnection(attempt));
            default -> false;
        };
    }

    /** Whether it was never sent, and another node might be there. */
    private static boolean unsent(Call attempt) {
        return attempt.verdict() == Verdict.UNSENT && firstAtNode(attempt);
    }

    /** Where it comes to a node for the second time, all have been asked that can be. */
    private static boolean firstAtNode(Call attempt) {
        Node node = attempt.node();
        return node != null && attempt.number() <= MOST_AT_ONCE && !attempt.tried(node);
    }

    /**
     * How many of the attempts so far do not count: no server was asked, where there may be one to ask.
     *
     * @param last null where there is none yet
     */
    int uncounted(@Nullable Call last) {
        int uncounted = 0;
        for (Call made = last; made != null; made = made.previous()) {
            boolean waited = made.verdict() == Verdict.UNSENT || made.verdict() == Verdict.REJECTED;
            if (transparent(made) || (retries && unsent(made)) || (waited && wire.waitsForConnection(made))) {
                uncounted++;
            }
        }
        return uncounted;
    }

    /** How many have failed since the call began, or a server said when to try again; at least this one. */
    @SuppressWarnings("unchecked") // whoever answered is of the same chain as the wire
    int sincePushback(Call attempt) {
        int failed = 1;
        for (Call made = attempt.previous(); made != null; made = made.previous()) {
            Outcome<R> outcome = (Outcome<R>) made.outcome();
            if (outcome != null && wire.pushback(made, outcome).stated()) {
                break;
            }
            failed++;
        }
        return failed;
    }
}
