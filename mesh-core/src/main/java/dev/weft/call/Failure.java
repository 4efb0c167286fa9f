package dev.weft.call;

/**
 * There is no answer.
 *
 * @param cause why, as it was thrown: nothing is wrapped on the way up
 */
public record Failure<R>(Throwable cause) implements Outcome<R> {
    /** A failure from something thrown; an error of the virtual machine itself is thrown on instead. */
    static <R> Failure<R> of(Throwable thrown) {
        if (thrown instanceof VirtualMachineError error && !(error instanceof StackOverflowError)) {
            throw error;
        }
        return new Failure<>(thrown);
    }
}
