package dev.weft.identity;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A SPIFFE id: {@code spiffe://trust-domain/path}. Held to the letter of the standard (SPIFFE-ID.md): what it does
 * not allow is refused, never repaired. Immutable.
 *
 * @param trustDomain lower case, such as {@code prod.example.org}
 * @param path empty, or segments each with a slash before it, such as {@code /ns/default/dc/dc1/svc/web}
 */
public record SpiffeId(String trustDomain, String path) {
    private static final String PREFIX = "spiffe://";
    private static final int MAX_BYTES = 2048;
    private static final int MAX_TRUST_DOMAIN_BYTES = 255;

    /** The type of a URI among the subject alternative names (RFC 5280 §4.2.1.6). */
    private static final int URI_NAME = 6;

    public SpiffeId {
        checkTrustDomain(trustDomain);
        checkPath(path);
        int length = PREFIX.length() + trustDomain.length() + path.length();
        if (length > MAX_BYTES) {
            throw new IllegalArgumentException("it is " + length + " bytes long, more than " + MAX_BYTES);
        }
    }

    /**
     * Reads an id.
     *
     * @throws IllegalArgumentException when it is none; the message names the id and what is wrong with it
     */
    public static SpiffeId parse(String id) {
        if (id.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new IllegalArgumentException("a SPIFFE id has at most " + MAX_BYTES + " bytes; this one, '"
                    + id.substring(0, 60) + "...', has more");
        }
        try {
            if (!id.startsWith(PREFIX)) {
                throw new IllegalArgumentException("it does not begin with " + PREFIX);
            }
            int slash = id.indexOf('/', PREFIX.length());
            return slash < 0
                    ? new SpiffeId(id.substring(PREFIX.length()), "")
                    : new SpiffeId(id.substring(PREFIX.length(), slash), id.substring(slash));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + id + "' is not a SPIFFE id: " + e.getMessage(), e);
        }
    }

    /**
     * The id in a certificate: its one URI among the subject alternative names.
     *
     * @throws IllegalArgumentException when there is none, more than one, or it is not a SPIFFE id
     */
    public static SpiffeId of(X509Certificate certificate) {
        List<String> uris = uris(certificate);
        if (uris.size() != 1) {
            throw new IllegalArgumentException(
                    uris.isEmpty()
                            ? "the certificate has no URI among its subject alternative names, so no SPIFFE id"
                            : "the certificate has " + uris.size()
                                    + " URIs among its subject alternative names, where a"
                                    + " SPIFFE certificate has exactly one: " + uris);
        }
        return parse(uris.get(0));
    }

    /** The id of a service in Consul's form. */
    public static SpiffeId ofConsul(String trustDomain, String namespace, String datacenter, String service) {
        return new SpiffeId(trustDomain, "/ns/" + namespace + "/dc/" + datacenter + "/svc/" + service);
    }

    static List<String> uris(X509Certificate certificate) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            throw new IllegalArgumentException("the certificate's subject alternative names cannot be read", e);
        }
        List<String> uris = new ArrayList<>(1);
        if (names != null) {
            for (List<?> name : names) {
                if (name.get(0) instanceof Integer type && type == URI_NAME) {
                    uris.add(String.valueOf(name.get(1)));
                }
            }
        }
        return uris;
    }

    private static void checkTrustDomain(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("its trust domain is empty");
        }
        if (name.length() > MAX_TRUST_DOMAIN_BYTES) {
            throw new IllegalArgumentException(
                    "its trust domain is longer than " + MAX_TRUST_DOMAIN_BYTES + " characters");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!isPlain(c)) {
                throw new IllegalArgumentException("its trust domain has '" + c
                        + "': only a-z, 0-9, '.', '-' and '_' are allowed (no user, no port, no capitals)");
            }
        }
    }

    private static void checkPath(String path) {
        if (path.isEmpty()) {
            return;
        }
        if (path.charAt(0) != '/') {
            throw new IllegalArgumentException("its path does not begin with a slash");
        }
        for (String segment : path.substring(1).split("/", -1)) {
            if (segment.isEmpty()) {
                throw new IllegalArgumentException("its path has an empty segment or ends with a slash");
            }
            if (segment.equals(".") || segment.equals("..")) {
                throw new IllegalArgumentException("its path has the segment '" + segment + "'");
            }
            for (int i = 0; i < segment.length(); i++) {
                char c = segment.charAt(i);
                if (!isPlain(c) && !(c >= 'A' && c <= 'Z')) {
                    throw new IllegalArgumentException("its path has '" + c
                            + "': only letters, digits, '.', '-' and '_' are allowed (no query, no fragment, no '%')");
                }
            }
        }
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    }

    @Override
    public String toString() {
        return PREFIX + trustDomain + path;
    }
}
