package dev.weft.policy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as policies write them: a number and its unit. */
final class DurationText {
    static final String PATTERN = "^\\d{1,12}(\\.\\d{1,9})?(ns|us|ms|s|m|h|d)$";

    private static final Pattern FORM = Pattern.compile("([+-]?)(\\d{1,12}(?:\\.\\d{1,9})?)\\s?([a-zA-Zµ]*)");
    private static final Map<String, Long> NANOS = new LinkedHashMap<>();

    static {
        NANOS.put("d", Duration.ofDays(1).toNanos());
        NANOS.put("h", Duration.ofHours(1).toNanos());
        NANOS.put("m", Duration.ofMinutes(1).toNanos());
        NANOS.put("s", Duration.ofSeconds(1).toNanos());
        NANOS.put("ms", Duration.ofMillis(1).toNanos());
        NANOS.put("us", 1_000L);
        NANOS.put("ns", 1L);
    }

    private DurationText() {}

    static Duration parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("is not a duration");
        }
        String number = form.group(2);
        String unit = form.group(3);
        if (form.group(1).equals("-")) {
            throw new IllegalArgumentException("is negative");
        }
        if (unit.isEmpty()) {
            throw new IllegalArgumentException("has no unit: write " + number + "ms or " + number + "s");
        }
        Long nanos = NANOS.get(unit);
        if (nanos == null) {
            throw new IllegalArgumentException("has an unknown unit: use ms, s, m or h");
        }
        BigDecimal total = new BigDecimal(number).multiply(BigDecimal.valueOf(nanos));
        if (total.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("is too long");
        }
        return Duration.ofNanos(total.longValue());
    }

    /** In the largest unit that gives a whole number. */
    static String render(Duration value) {
        long nanos = value.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        for (Map.Entry<String, Long> unit : NANOS.entrySet()) {
            if (nanos % unit.getValue() == 0) {
                return nanos / unit.getValue() + unit.getKey();
            }
        }
        throw new IllegalStateException("a nanosecond divides everything");
    }
}
