package dev.weft.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/** Whether a private and a public key are a pair: what one signs, the other verifies. */
final class KeyPairs {
    private static final byte[] SAMPLE = "weft: do these keys belong together?".getBytes(StandardCharsets.US_ASCII);

    private KeyPairs() {}

    static boolean match(PrivateKey secret, PublicKey open) {
        try {
            String algorithm = signatureOf(secret.getAlgorithm());
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(secret);
            signer.update(SAMPLE);
            byte[] signed = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(open);
            verifier.update(SAMPLE);
            return verifier.verify(signed);
        } catch (GeneralSecurityException e) {
            // Keys of different kinds.
            return false;
        }
    }

    private static String signatureOf(String keyAlgorithm) {
        return switch (keyAlgorithm) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> keyAlgorithm;
        };
    }
}
