package dev.weft.identity;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Private keys from DER. Messages never hold any of the key. */
final class PrivateKeys {
    private static final byte[] ZERO = Der.encode(Der.INTEGER, new byte[] {0});
    private static final byte[] NULL = {0x05, 0x00};
    private static final byte[] EC = HexFormat.of().parseHex("2a8648ce3d0201");
    private static final byte[] RSA = HexFormat.of().parseHex("2a864886f70d010101");
    private static final byte[] ED25519 = HexFormat.of().parseHex("2b6570");

    private PrivateKeys() {}

    /** {@code PRIVATE KEY}: RFC 5208. */
    static PrivateKey pkcs8(byte[] der) {
        String algorithm = algorithm(der);
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException e) {
            // The cause's message may quote what it could not read; it is left out on purpose.
            throw new IllegalArgumentException(
                    "its content is not an " + algorithm + " key that this Java can use (curves: P-256, P-384, P-521)");
        }
    }

    private static String algorithm(byte[] der) {
        Der key = new Der(der).next(Der.SEQUENCE);
        key.next(Der.INTEGER);
        byte[] oid = key.next(Der.SEQUENCE).next(Der.OID).rest();
        if (Arrays.equals(oid, EC)) {
            return "EC";
        }
        if (Arrays.equals(oid, RSA)) {
            return "RSA";
        }
        if (Arrays.equals(oid, ED25519)) {
            return "Ed25519";
        }
        throw new IllegalArgumentException("its algorithm is none of EC, RSA, Ed25519");
    }

    /** {@code RSA PRIVATE KEY}: RFC 8017 A.1.2, put into the PKCS #8 envelope. */
    static PrivateKey pkcs1(byte[] der) {
        new Der(der).next(Der.SEQUENCE);
        byte[] algorithm = Der.encode(Der.SEQUENCE, Der.encode(Der.OID, RSA), NULL);
        return pkcs8(Der.encode(Der.SEQUENCE, ZERO, algorithm, Der.encode(Der.OCTET_STRING, der)));
    }

    /** {@code EC PRIVATE KEY}: RFC 5915, put into the PKCS #8 envelope. Consul gives keys in this form. */
    static PrivateKey sec1(byte[] der) {
        Der key = new Der(der).next(Der.SEQUENCE);
        key.next(Der.INTEGER);
        key.next(Der.OCTET_STRING);
        if (key.peek() != Der.TAG_0) {
            throw new IllegalArgumentException("it does not name its curve; convert it with"
                    + " 'openssl pkcs8 -topk8 -nocrypt -in KEY -out NEWKEY'");
        }
        byte[] curve = key.next(Der.TAG_0).rest();
        byte[] algorithm = Der.encode(Der.SEQUENCE, Der.encode(Der.OID, EC), curve);
        return pkcs8(Der.encode(Der.SEQUENCE, ZERO, algorithm, Der.encode(Der.OCTET_STRING, der)));
    }
}
