package dev.weft.call;

import org.jspecify.annotations.Nullable;

/** What became of a call: the part of it that metrics, trace and log read. */
abstract sealed class CallRecord extends Lifetime permits CallTimes {
    private @Nullable Outcome<?> outcome;
    private @Nullable Verdict verdict;
    private @Nullable Fate fate;
    private @Nullable Throwable bodyFailure;
    private int status;
    private long headNanos;
    private long endNanos;

    CallRecord(Ends nobody) {
        super(nobody);
    }

    /** The transport reports the head: what it means, and the protocol's own status number (0 for none). */
    public final void answered(Verdict verdict, int status, Outcome<?> outcome, long nowNanos) {
        this.verdict = verdict;
        this.status = status;
        this.outcome = outcome;
        this.headNanos = nowNanos;
    }

    /** What the transport made of it; {@link Verdict#REJECTED} where it never got there. */
    public final Verdict verdict() {
        return verdict == null ? Verdict.REJECTED : verdict;
    }

    /** The protocol's own status number; 0 where there was no answer. */
    public final int status() {
        return status;
    }

    /** The outcome, once the head is known. */
    public final @Nullable Outcome<?> outcome() {
        return outcome;
    }

    /** When the head came; 0 before. */
    public final long headNanos() {
        return headNanos;
    }

    /** When it ended; 0 before. */
    public final long endNanos() {
        return endNanos;
    }

    /** Why the body broke off after the head, if it did. */
    public final @Nullable Throwable bodyFailure() {
        return bodyFailure;
    }

    /** The layer that decides says why a call ended as it did; without a word the outcome speaks. */
    public final void fate(Fate fate) {
        this.fate = fate;
    }

    public final MeshException deadlineExceeded(String when) {
        return new MeshException(
                Fate.FAILED_DEADLINE, self().service() + ": the deadline passed " + when + " (" + soFar() + ")");
    }

    /** An attempt may fail before it is sent, so it is not told as made. */
    private String soFar() {
        if (self().parent() != null) {
            return "attempt " + self().number();
        }
        int made = self().attempts();
        return made + (made == 1 ? " attempt made" : " attempts made");
    }

    public final MeshException cancellation() {
        return new MeshException(Fate.CANCELLED, self().service() + ": the call was cancelled");
    }

    /** The answer that it will have says what {@code other}'s said. */
    final void saidBy(CallRecord other) {
        verdict = other.verdict;
        status = other.status;
    }

    /** As {@link #answered}, with what is no attempt's own answer: a copy of one, or what came in its place. */
    final void answeredInstead(Outcome<?> outcome, long nowNanos) {
        Verdict said = fate == Fate.FALLBACK ? null : verdict;
        answered(said == null ? Verdict.OK : said, said == null ? 0 : status, outcome, nowNanos);
    }

    final void fateOf(CallRecord other) {
        fate = other.fate;
    }

    /** How a logical call ended. Meaningful once it has ended. */
    public final Fate fate() {
        if (outcome instanceof Failure<?> failure) {
            if (failure.cause() instanceof MeshException mesh) {
                return mesh.fate();
            }
            return cancelled() ? Fate.CANCELLED : fate == null ? Fate.FAILED_NOT_RETRYABLE : fate;
        }
        if (bodyFailure != null) {
            boolean late = self().hasDeadline() && endNanos - self().deadlineNanos() >= 0;
            return cancelled() ? Fate.CANCELLED : late ? Fate.FAILED_DEADLINE : Fate.FAILED_NOT_RETRYABLE;
        }
        if (fate != null) {
            return fate;
        }
        return switch (verdict()) {
            case THROTTLED, UNAVAILABLE, OVERLOADED, SERVER_ERROR -> Fate.FAILED_NOT_RETRYABLE;
            default -> retried() ? Fate.SUCCESS_AFTER_RETRY : Fate.SUCCESS;
        };
    }

    /** Whether it is not the first attempt that was answered, whatever was sent beside it. */
    private boolean retried() {
        Call answered = self().latest();
        return self().attempts() > 1 && answered != null && answered.number() > 1;
    }

    @Override
    final void record(@Nullable Throwable failure, long nowNanos) {
        bodyFailure = outcome instanceof Success<?> ? failure : null;
        endNanos = nowNanos;
    }
}
