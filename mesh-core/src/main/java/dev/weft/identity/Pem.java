package dev.weft.identity;

import java.io.ByteArrayInputStream;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads certificates and private keys from PEM text (RFC 7468), with the JDK alone.
 *
 * <p>Text may hold both and words around them; each method takes what is its own. Every failure is an {@link
 * IllegalArgumentException} that names the place, the line and what to do, and never holds key material.
 */
public final class Pem {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String TAIL = "-----";

    private Pem() {}

    /**
     * The certificates in the order they stand in.
     *
     * @param where the text's name for messages: a file, {@code the Consul leaf of web}
     * @throws IllegalArgumentException when there is none, or one cannot be read
     */
    public static List<X509Certificate> certificates(String text, String where) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(text, where)) {
            if (block.label.equals("CERTIFICATE") || block.label.equals("X509 CERTIFICATE")) {
                certificates.add(certificate(block, where));
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException(where + ": no certificate in it; expected a block that begins with '"
                    + BEGIN + "CERTIFICATE-----'");
        }
        return List.copyOf(certificates);
    }

    private static X509Certificate certificate(Block block, String where) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.der(where)));
        } catch (CertificateException e) {
            throw new IllegalArgumentException(
                    where + ":" + block.line + ": the certificate cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The one private key: PKCS #8 ({@code PRIVATE KEY}), SEC 1 ({@code EC PRIVATE KEY}) or PKCS #1 ({@code RSA
     * PRIVATE KEY}), not encrypted; EC, RSA or Ed25519.
     *
     * @param where the text's name for messages
     * @throws IllegalArgumentException when there is none or more than one, or it cannot be read
     */
    public static PrivateKey privateKey(String text, String where) {
        Block found = null;
        for (Block block : blocks(text, where)) {
            if (block.label.endsWith("PRIVATE KEY")) {
                if (found != null) {
                    throw new IllegalArgumentException(where + ":" + block.line + ": a second private key (the first is"
                            + " in line " + found.line + "); keep the one that belongs to the certificate");
                }
                found = block;
            }
        }
        if (found == null) {
            throw new IllegalArgumentException(where + ": no private key in it; expected a block that begins with '"
                    + BEGIN + "PRIVATE KEY-----'");
        }
        try {
            return found.key(where);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(where)
                    ? e
                    : new IllegalArgumentException(
                            where + ":" + found.line + ": the private key cannot be read: " + message);
        }
    }

    private static List<Block> blocks(String text, String where) {
        List<Block> blocks = new ArrayList<>();
        Block open = null;
        int number = 0;
        for (String raw : text.split("\r\n|\r|\n", -1)) {
            number++;
            String line = raw.strip();
            if (line.startsWith(BEGIN)) {
                if (open != null) {
                    throw unclosed(open, where);
                }
                open = new Block(label(line, BEGIN), number);
            } else if (line.startsWith(END)) {
                if (open == null || !open.label.equals(label(line, END))) {
                    throw new IllegalArgumentException(where + ":" + number + ": an END line without its BEGIN line");
                }
                blocks.add(open);
                open = null;
            } else if (open != null) {
                open.add(line);
            }
        }
        if (open != null) {
            throw unclosed(open, where);
        }
        return blocks;
    }

    private static String label(String line, String prefix) {
        return line.endsWith(TAIL) && line.length() >= prefix.length() + TAIL.length()
                ? line.substring(prefix.length(), line.length() - TAIL.length())
                : "";
    }

    private static IllegalArgumentException unclosed(Block block, String where) {
        return new IllegalArgumentException(where + ":" + block.line + ": the " + block.label
                + " block does not end; is the file only half written?");
    }

    /** One block between BEGIN and END. */
    private static final class Block {
        final String label;
        final int line;
        private final StringBuilder body = new StringBuilder();
        private boolean encrypted;

        Block(String label, int line) {
            this.label = label;
            this.line = line;
        }

        void add(String text) {
            if (text.indexOf(':') >= 0) {
                // Proc-Type, DEK-Info: OpenSSL's own encryption (RFC 1421)
                encrypted |= text.contains("ENCRYPTED");
            } else {
                body.append(text);
            }
        }

        PrivateKey key(String where) {
            if (label.equals("ENCRYPTED PRIVATE KEY") || encrypted) {
                throw new IllegalArgumentException(
                        "it is encrypted, and Weft takes keys that are not; store it with"
                                + " 'openssl pkcs8 -topk8 -nocrypt -in KEY -out NEWKEY' in a file that only this user may read");
            }
            return switch (label) {
                case "PRIVATE KEY" -> PrivateKeys.pkcs8(der(where));
                case "EC PRIVATE KEY" -> PrivateKeys.sec1(der(where));
                case "RSA PRIVATE KEY" -> PrivateKeys.pkcs1(der(where));
                default ->
                    throw new IllegalArgumentException(
                            "its form '" + label + "' is none of PRIVATE KEY, EC PRIVATE KEY,"
                                    + " RSA PRIVATE KEY; convert it with 'openssl pkcs8 -topk8 -nocrypt -in KEY -out NEWKEY'");
            };
        }

        byte[] der(String where) {
            try {
                return Base64.getDecoder().decode(body.toString());
            } catch (IllegalArgumentException e) {
                // The decoder's message quotes a character of the content.
                throw new IllegalArgumentException(where + ":" + line + ": the " + label + " block is not base64");
            }
        }
    }
}
