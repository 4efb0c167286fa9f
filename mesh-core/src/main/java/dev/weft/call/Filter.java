package dev.weft.call;

/**
 * Wraps a service: may answer by itself, change what goes down, or act on what comes up. Written once for
 * callers that wait and callers that do not: it never blocks but through {@link Call#pace()}.
 *
 * @param <R> the response
 */
@FunctionalInterface
public interface Filter<R> {
    /**
     * Thread-safe. May throw; the fold turns that into a {@link Failure}. An answer from below that the filter hands up
     * neither as it is nor as part of another ({@link Wire#carries}) is disposed of.
     */
    Reply<R> apply(Call call, Service<R> next);

    /** This filter around that service. */
    default Service<R> around(Service<R> next) {
        return new Link<>(this, next);
    }
}
