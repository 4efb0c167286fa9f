package dev.weft.policy;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** From bytes to text, for anything that may be called a policy and be none. */
final class SourceText {
    /** What a key in Consul can hold. */
    static final int LIMIT_BYTES = 512 * 1024;

    private SourceText() {}

    static String decode(PolicyText text) {
        byte[] bytes = text.bytes();
        if (bytes.length > LIMIT_BYTES) {
            throw refused(text, 1, 1, "is larger than a policy may be, which is " + LIMIT_BYTES + " bytes (512 KiB)");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        boolean broken =
                StandardCharsets.UTF_8.newDecoder().decode(in, out, true).isError();
        out.flip();
        boolean marked = out.length() > 0 && out.charAt(0) == '\uFEFF';
        String decoded = marked ? out.subSequence(1, out.length()).toString() : out.toString();
        int control = control(decoded);
        if (control >= 0) {
            throw refused(
                    text,
                    decoded,
                    control,
                    String.format("has the control character U+%04X", (int) decoded.charAt(control)));
        }
        if (broken) {
            throw refused(text, decoded, decoded.length(), "is not UTF-8 from byte " + (in.position() + 1) + " on");
        }
        return decoded;
    }

    /** Where the first character stands that no text has, or -1. */
    private static int control(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\n' && c != '\r' && c != '\t') {
                return i;
            }
        }
        return -1;
    }

    /** A refusal at the character {@code at} of {@code decoded}. */
    private static PolicyRefused refused(PolicyText text, String decoded, int at, String problem) {
        int line = 1;
        int start = 0;
        for (int i = 0; i < at; i++) {
            if (decoded.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        return refused(text, line, decoded.codePointCount(start, at) + 1, problem);
    }

    private static PolicyRefused refused(PolicyText text, int line, int column, String problem) {
        return new PolicyRefused(
                List.of(new PolicyError(text.source(), line, column, "", "the text " + problem, null, null)));
    }
}
