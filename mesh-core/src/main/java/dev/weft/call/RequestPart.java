package dev.weft.call;

import org.jspecify.annotations.Nullable;

/** A part of a request that layers may read through {@link Wire#read}, in words that hold for every protocol. */
public enum RequestPart {
    /** A header, or gRPC metadata that is text; names in any case. */
    HEADER,
    /** A cookie. */
    COOKIE,
    /** The path without its query, as sent; gRPC's is {@code /package.Service/Method}. Has no name. */
    PATH,
    /** The method, {@code GET}; gRPC's is always {@code POST}. Has no name. */
    METHOD,
    /**
     * Who asks, as the server is shown it: a SPIFFE id. Of a call that is this process's own identity, of a request that came
     * in the one in its caller's certificate. Has no name.
     */
    CALLER;

    /**
     * The value of a cookie, as transports and servers read it (RFC 6265: pairs with {@code ; } between). Names are told
     * apart by case.
     *
     * @param header one value of the header {@code Cookie}
     * @return null where it is not in there
     */
    public static @Nullable String cookie(String header, String name) {
        for (int at = 0; at < header.length(); ) {
            int end = header.indexOf(';', at);
            end = end < 0 ? header.length() : end;
            while (at < end && Character.isWhitespace(header.charAt(at))) {
                at++;
            }
            if (header.startsWith(name, at) && header.startsWith("=", at + name.length())) {
                return header.substring(at + name.length() + 1, end).strip();
            }
            at = end + 1;
        }
        return null;
    }
}
