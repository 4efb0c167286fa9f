package dev.weft.policy;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as policies write them: bytes, or a number with a binary unit. */
final class BytesText {
    static final String PATTERN = "^\\d{1,12}(B|KiB|MiB|GiB)?$";

    private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s?([a-zA-Z]*)");
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB");

    private BytesText() {}

    static long parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("is not a size");
        }
        String unit = form.group(2);
        int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit);
        if (power < 0) {
            throw new IllegalArgumentException("has an unknown unit: use KiB, MiB or GiB");
        }
        try {
            return Math.multiplyExact(Long.parseLong(form.group(1)), 1L << (10 * power));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("is too large", e);
        }
    }

    static String render(long bytes) {
        for (int power = UNITS.size() - 1; power > 0; power--) {
            long unit = 1L << (10 * power);
            if (bytes > 0 && bytes % unit == 0) {
                return bytes / unit + UNITS.get(power);
            }
        }
        return String.valueOf(bytes);
    }
}
