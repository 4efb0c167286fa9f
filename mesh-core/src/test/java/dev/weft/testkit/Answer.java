package dev.weft.testkit;

import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Pushback;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ScriptedWire} answers to one attempt. Immutable.
 *
 * @param verdict what the wire makes of it
 * @param status the protocol's own number; 0 for none
 * @param outcome what the caller gets; null for an answer that never comes
 * @param delay how long it takes
 * @param pushback what the server says of trying again
 * @param open whether the answer's body stays open until the test, or {@code discard}, closes it
 */
public record Answer<R>(
        Verdict verdict, int status, @Nullable Outcome<R> outcome, Duration delay, Pushback pushback, boolean open) {

    /** All is well: status 200. */
    public static <R> Answer<R> ok(R value) {
        return of(Verdict.OK, 200, value);
    }

    /** An answer: a response of whatever worth. */
    public static <R> Answer<R> of(Verdict verdict, int status, R value) {
        return new Answer<>(verdict, status, new Success<>(value), Duration.ZERO, Pushback.NONE, false);
    }

    /** No answer, and why not. */
    public static <R> Answer<R> failure(Verdict verdict, Throwable cause) {
        return new Answer<>(verdict, 0, new Failure<>(cause), Duration.ZERO, Pushback.NONE, false);
    }

    /** No answer, for a reason that names its verdict. */
    public static <R> Answer<R> failure(Verdict verdict) {
        return failure(verdict, new IOException("scripted: " + verdict.label()));
    }

    /** Silence: ends with the attempt's deadline or its cancellation. */
    public static <R> Answer<R> never() {
        return new Answer<>(Verdict.TIMEOUT, 0, null, Duration.ZERO, Pushback.NONE, false);
    }

    /** The same, later. */
    public Answer<R> after(Duration delay) {
        return new Answer<>(verdict, status, outcome, delay, pushback, open);
    }

    /** The same, with a word on trying again. */
    public Answer<R> pushback(Pushback pushback) {
        return new Answer<>(verdict, status, outcome, delay, pushback, open);
    }

    /** The same, with a body that is still open when the head is there. */
    public Answer<R> withOpenBody() {
        return new Answer<>(verdict, status, outcome, delay, pushback, true);
    }
}
