package dev.weft.rate;

import dev.weft.policy.SettingType;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A {@link Rate} as policy writes it: {@code 100/s}, {@code 5/min}, {@code off}. */
final class RateType implements SettingType<Rate> {
    /** Above that, nanoseconds tell rates apart no more. */
    private static final long MOST_PER_SECOND = 1_000_000;

    private static final Pattern FORM = Pattern.compile("(-?)(\\d{1,15})(\\.\\d+)?\\s*(?:/\\s*([a-zA-Z]*))?");
    private static final Map<String, Duration> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("s", Duration.ofSeconds(1));
        UNITS.put("min", Duration.ofMinutes(1));
        UNITS.put("h", Duration.ofHours(1));
        UNITS.put("d", Duration.ofDays(1));
    }

    @Override
    public Rate parse(Object raw) {
        if (!(raw instanceof String written)) {
            throw new IllegalArgumentException("must be one value, not a list");
        }
        String text = written.strip();
        if (text.equals("off")) {
            return Rate.OFF;
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("is not a rate");
        }
        if (!form.group(1).isEmpty()) {
            throw new IllegalArgumentException("is negative");
        }
        if (form.group(3) != null) {
            throw new IllegalArgumentException("has a fraction: write 30/min for 0.5/s");
        }
        String number = form.group(2);
        String unit = form.group(4);
        if (unit == null || unit.isEmpty()) {
            throw new IllegalArgumentException("has no unit: write " + number + "/s or " + number + "/min");
        }
        return checked(Long.parseLong(number), UNITS.get(unit));
    }

    private static Rate checked(long count, @Nullable Duration per) {
        if (per == null) {
            throw new IllegalArgumentException("has an unknown unit: use s, min, h or d");
        }
        if (count == 0) {
            throw new IllegalArgumentException("would let nothing through; write off for no limit");
        }
        if (count > MOST_PER_SECOND * per.toSeconds()) {
            throw new IllegalArgumentException(
                    "is more than " + MOST_PER_SECOND + "/s, the most that can be counted; write off for no limit");
        }
        return new Rate(count, per);
    }

    @Override
    public String render(Rate rate) {
        if (rate.isOff()) {
            return "off";
        }
        for (Map.Entry<String, Duration> unit : UNITS.entrySet()) {
            if (unit.getValue().equals(rate.per())) {
                return rate.count() + "/" + unit.getKey();
            }
        }
        throw new IllegalArgumentException("no unit of " + rate.per());
    }

    @Override
    public String expects() {
        return "a rate of 1/d to " + MOST_PER_SECOND + "/s, such as 100/s, 5/min or 1000/h, or off";
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of(
                "anyOf",
                List.of(Map.of("const", "off"), Map.of("type", "string", "pattern", "^\\d{1,15} */ *(s|min|h|d)$")));
    }
}
