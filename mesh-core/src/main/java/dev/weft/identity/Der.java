package dev.weft.identity;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * As much of ASN.1 DER as it takes to turn the older forms of private keys into PKCS #8, which is all the JDK reads.
 * One element at a time; confined to one thread.
 */
final class Der {
    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int OID = 0x06;
    static final int SEQUENCE = 0x30;
    /** Context-specific, constructed, number 0. */
    static final int TAG_0 = 0xA0;

    private final byte[] bytes;
    private final int end;
    private int at;

    Der(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private Der(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    boolean more() {
        return at < end;
    }

    /** The tag of the next element; -1 at the end. */
    int peek() {
        return more() ? bytes[at] & 0xFF : -1;
    }

    /** Steps over the next element and gives a reader of its content. */
    Der next(int tag) {
        if (peek() != tag) {
            throw new IllegalArgumentException("its structure is not what the label promises");
        }
        return next();
    }

    Der next() {
        at++;
        int length = octet();
        if (length > 0x80 && length <= 0x83) {
            int octets = length - 0x80;
            length = 0;
            for (int i = 0; i < octets; i++) {
                length = length << 8 | octet();
            }
        } else if (length >= 0x80) {
            throw new IllegalArgumentException("its structure is not DER");
        }
        if (length > end - at) {
            throw new IllegalArgumentException("it is cut short");
        }
        Der content = new Der(bytes, at, at + length);
        at += length;
        return content;
    }

    private int octet() {
        if (!more()) {
            throw new IllegalArgumentException("it is cut short");
        }
        return bytes[at++] & 0xFF;
    }

    /** What is left to read. */
    byte[] rest() {
        return Arrays.copyOfRange(bytes, at, end);
    }

    /** An element of {@code tag} that holds {@code parts} one after the other. */
    static byte[] encode(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        for (byte[] part : parts) {
            out.write(part, 0, part.length);
        }
        return out.toByteArray();
    }
}
