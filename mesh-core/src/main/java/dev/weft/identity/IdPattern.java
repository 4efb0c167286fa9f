package dev.weft.identity;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A pattern for SPIFFE ids, such as {@code spiffe://{trustDomain}/ns/*}{@code /dc/*}{@code /svc/{service}}: {@code
 * {trustDomain}} is our own, {@code {service}} the service in question, {@code *} any one segment, {@code **} at the
 * end any further segments, one at least. Immutable.
 */
public final class IdPattern {
    /** The regular expression of what is accepted. */
    static final String SYNTAX = "spiffe://(?:\\{trustDomain\\}|[a-z0-9._-]{1,255})"
            + "(?:/\\*\\*|(?:/(?:\\*|(?:[A-Za-z0-9._-]|\\{service\\}){1,255})){1,64}(?:/\\*\\*)?)";

    private static final Pattern ACCEPTED = Pattern.compile(SYNTAX);
    private static final String PREFIX = "spiffe://";
    private static final String OWN_DOMAIN = "{trustDomain}";
    private static final String SERVICE = "{service}";

    private final String text;
    private final String trustDomain;
    private final List<String> segments;

    private IdPattern(String text) {
        this.text = text;
        String[] parts = text.substring(PREFIX.length()).split("/", -1);
        this.trustDomain = parts[0];
        this.segments = List.of(parts).subList(1, parts.length);
    }

    /** @throws IllegalArgumentException when it is no pattern */
    public static IdPattern parse(String text) {
        if (!ACCEPTED.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a pattern for SPIFFE ids, such as"
                    + " spiffe://{trustDomain}/ns/*/dc/*/svc/{service}");
        }
        return new IdPattern(text);
    }

    /**
     * @param ownTrustDomain what {@code {trustDomain}} stands for
     * @param service what {@code {service}} stands for, literally
     */
    public boolean matches(SpiffeId id, String ownTrustDomain, String service) {
        if (!id.trustDomain().equals(trustDomain.equals(OWN_DOMAIN) ? ownTrustDomain : trustDomain)) {
            return false;
        }
        String[] actual =
                id.path().isEmpty() ? new String[0] : id.path().substring(1).split("/", -1);
        for (int i = 0; i < segments.size(); i++) {
            String wanted = segments.get(i);
            if (wanted.equals("**")) {
                return actual.length > i;
            }
            if (i >= actual.length
                    || !(wanted.equals("*") || wanted.replace(SERVICE, service).equals(actual[i]))) {
                return false;
            }
        }
        return actual.length == segments.size();
    }

    /** With the names put in, for messages. */
    String resolved(String ownTrustDomain, String service) {
        return text.replace(OWN_DOMAIN, ownTrustDomain).replace(SERVICE, service);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IdPattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
