package dev.weft.policy;

/** Makes what came from outside fit for one line of a log. */
final class PlainWords {
    private static final int LONGEST = 160;

    private PlainWords() {}

    /** Without control characters, and not too long. */
    static String of(String text) {
        StringBuilder plain = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || c == 0x2028 || c == 0x2029) {
                plain.append(' ');
            } else {
                plain.appendCodePoint(c);
            }
        });
        return plain + (text.codePointCount(0, text.length()) > LONGEST ? "..." : "");
    }

    static String quote(String text) {
        return '"' + of(text) + '"';
    }
}
