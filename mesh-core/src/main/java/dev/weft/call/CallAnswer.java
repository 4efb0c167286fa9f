package dev.weft.call;

import org.jspecify.annotations.Nullable;

/** What the caller gets: which attempt's answer it is, and what becomes of answers that nobody gets. */
abstract sealed class CallAnswer extends CallTimes permits Call {
    CallAnswer(Ends ends, long startNanos, long deadlineNanos) {
        super(ends, startNanos, deadlineNanos);
    }

    /**
     * Whether {@code result} is this attempt's answer, or carries it. If not, an answer that is still open is disposed of:
     * its caller will never close it.
     */
    public final <R> boolean reaches(Outcome<R> result, Wire<R> wire) {
        if (outcome() == result) {
            return true;
        }
        R answer = answerTo(wire);
        if (answer == null) {
            return false;
        }
        if (result instanceof Success<R> given && wire.carries(given.value(), answer)) {
            return true;
        }
        if (!ended()) {
            discard(wire);
        }
        return false;
    }

    /** Disposes of this attempt's answer, if it has one. Once, whoever asks and however often. */
    public final <R> void discard(Wire<R> wire) {
        R answer = answerTo(wire);
        if (answer != null && claimDisposal()) {
            wire.discard(answer);
        }
    }

    /** Disposes of {@code result}, which this attempt has come to and nobody gets, and of the answer it was made from. */
    public final <R> void drop(Outcome<R> result, Wire<R> wire) {
        if (reaches(result, wire)) {
            discard(wire);
        } else if (result instanceof Success<R> made) {
            wire.discard(made.value());
        }
    }

    @SuppressWarnings({"unchecked", "unused"}) // whoever asks is of the same chain as the wire that answered
    private <R> @Nullable R answerTo(Wire<R> wire) {
        return outcome() instanceof Success<?> success ? (R) success.value() : null;
    }

    /**
     * Closes the record of a logical call with what its caller gets: at once for a failure, else when the answer's body
     * has been closed. What is no attempt's answer is taken to be complete. Only the first time counts.
     *
     * @param wire disposes of an answer that the caller does not get
     */
    public final <R> void finish(Outcome<R> result, Wire<R> wire) {
        if (outcome() != null) {
            return;
        }
        Call answering = self().latest();
        boolean itsOwn = answering != null && answering.reaches(result, wire);
        finish(result, itsOwn);
        if (!itsOwn && answering != null) {
            // A filter may have answered while attempts were still being made.
            abandon();
            answering.reaches(result, wire);
        }
    }

    /** As {@link #finish(Outcome, Wire)}, where what the caller gets came from the wire as it is. */
    public final void finish(Outcome<?> result) {
        if (outcome() == null) {
            Call answering = self().latest();
            finish(result, answering != null && answering.outcome() == result);
        }
    }

    private void finish(Outcome<?> result, boolean itsOwn) {
        Call answering = self().latest();
        if (answering == null) {
            // Answered, or refused, above the attempts.
            long now = self().time().nanos();
            answered(result instanceof Success<?> ? Verdict.OK : Verdict.REJECTED, 0, result, now);
            end(null, now);
        } else if (result instanceof Failure<?>) {
            long head = answering.headNanos() == 0 ? self().time().nanos() : answering.headNanos();
            answered(answering.verdict(), answering.status(), result, head);
            // Not the last attempt's own end: a pause may have come after it.
            end(null, self().time().nanos());
        } else if (!itsOwn) {
            long now = self().time().nanos();
            answeredInstead(result, now);
            end(null, now);
        } else {
            answered(answering.verdict(), answering.status(), result, answering.headNanos());
            if (answering.parent() != this || !answering.adopt()) {
                long ended = answering.endNanos();
                end(answering.bodyFailure(), ended - headNanos() > 0 ? ended : headNanos());
            }
        }
    }
}
