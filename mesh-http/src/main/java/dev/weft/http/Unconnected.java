package dev.weft.http;

import dev.weft.endpoint.Node;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Connections that could not be made, told so that each names the address it was for: of several addresses each may
 * fail for a reason of its own. OkHttp throws the first failure, with the others as suppressed ones.
 */
final class Unconnected {
    private Unconnected() {}

    /** The same failure, with the address. */
    static IOException to(String address, IOException failure) {
        String text = address + ": " + failure.getMessage();
        IOException told = failure instanceof SocketTimeoutException
                ? new SocketTimeoutException(text)
                : new ConnectException(text);
        told.initCause(failure);
        return told;
    }

    /** Of the failures of several addresses the one that got furthest: a peer that refuses TLS was connected to. */
    static Throwable furthest(Throwable thrown) {
        return all(thrown).filter(each -> !is(each)).findFirst().orElse(thrown);
    }

    /** Whether no connection was made, as far as its class tells. */
    static boolean is(Throwable thrown) {
        return thrown instanceof ConnectException || thrown instanceof SocketTimeoutException;
    }

    /** With the node, and what was tried to reach it: OkHttp names the port of the URL, to which nothing was connected. */
    static Throwable told(Node node, Throwable thrown) {
        String tried = all(thrown).map(Unconnected::words).distinct().collect(Collectors.joining("; "));
        String text = "failed to connect to " + node + " (" + tried + ")";
        IOException told = thrown instanceof SocketTimeoutException
                ? new SocketTimeoutException(text)
                : new ConnectException(text);
        return told.initCause(thrown);
    }

    private static Stream<Throwable> all(Throwable thrown) {
        return Stream.concat(Stream.of(thrown), Arrays.stream(thrown.getSuppressed()));
    }

    private static @Nullable String words(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof ConnectException && cause instanceof ConnectException
                ? cause.getMessage()
                : failure.getMessage();
    }
}
