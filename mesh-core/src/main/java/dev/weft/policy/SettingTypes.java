package dev.weft.policy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types of settings. Each says in its errors what it wants; all of them are immutable. */
public final class SettingTypes {
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,18}");
    private static final Pattern DECIMAL = Pattern.compile("([+-]?\\d{1,18}(?:\\.\\d{1,18})?)\\s?(%?)");

    private SettingTypes() {}

    /** A duration of {@code min..max}: {@code 250ms}, {@code 2s}, {@code 1m}. */
    public static SettingType<Duration> duration(Duration min, Duration max) {
        return new ScalarType<>(
                text -> within(DurationText.parse(text), min, max, DurationText::render),
                DurationText::render,
                "a duration of " + DurationText.render(min) + " to " + DurationText.render(max)
                        + ", such as 250ms or 2s",
                Map.of("type", "string", "pattern", DurationText.PATTERN));
    }

    /** As {@link #duration}, or {@code off}, which is {@link Duration#ZERO}. */
    public static SettingType<Duration> durationOrOff(Duration min, Duration max) {
        return orOff(duration(min, max), Duration.ZERO);
    }

    /** A whole number of {@code min..max}. */
    public static SettingType<Integer> count(int min, int max) {
        return new ScalarType<>(
                text -> (int) (long) within(whole(text), (long) min, (long) max, String::valueOf),
                String::valueOf,
                max == Integer.MAX_VALUE
                        ? "a whole number, " + min + " or more"
                        : "a whole number of " + min + " to " + max,
                Map.of("type", "integer", "minimum", min, "maximum", max));
    }

    /** As {@link #count}, or {@code off}, which is 0. */
    public static SettingType<Integer> countOrOff(int min, int max) {
        return orOff(count(min, max), 0);
    }

    /** A size of {@code min..max} bytes: {@code 65536}, {@code 64KiB}, {@code 1MiB}. */
    public static SettingType<Long> bytes(long min, long max) {
        return new ScalarType<>(
                text -> within(BytesText.parse(text), min, max, BytesText::render),
                BytesText::render,
                "a size of " + BytesText.render(min) + " to " + BytesText.render(max)
                        + ", such as 65536, 64KiB or 1MiB",
                Map.of(
                        "anyOf",
                        List.of(
                                Map.of("type", "integer", "minimum", min, "maximum", max),
                                Map.of("type", "string", "pattern", BytesText.PATTERN))));
    }

    /** A share of {@code min..max}, {@code 0..1} at the widest: {@code 0.2} or {@code 20%}. */
    public static SettingType<Double> ratio(double min, double max) {
        return new ScalarType<>(
                text -> within(decimal(text, true), min, max, SettingTypes::plain),
                SettingTypes::plain,
                "a share of " + plain(min) + " to " + plain(max) + ", written as 0.2 or 20%",
                Map.of(
                        "anyOf",
                        List.of(
                                Map.of("type", "number", "minimum", min, "maximum", max),
                                Map.of("type", "string", "pattern", "^\\d+(\\.\\d+)? ?%$"))));
    }

    /** As {@link #ratio}, or {@code off}, which is 0. */
    public static SettingType<Double> ratioOrOff(double min, double max) {
        return orOff(ratio(min, max), 0.0);
    }

    /** A number of {@code min..max}. */
    public static SettingType<Double> number(double min, double max) {
        return new ScalarType<>(
                text -> within(decimal(text, false), min, max, SettingTypes::plain),
                SettingTypes::plain,
                "a number of " + plain(min) + " to " + plain(max),
                Map.of("type", "number", "minimum", min, "maximum", max));
    }

    /** As {@link #number}, or {@code off}, which is 0. */
    public static SettingType<Double> numberOrOff(double min, double max) {
        return orOff(number(min, max), 0.0);
    }

    /** {@code true} or {@code false}. */
    public static SettingType<Boolean> flag() {
        return new ScalarType<>(
                text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException("must be true or false");
                },
                String::valueOf,
                "true or false",
                Map.of("type", "boolean"));
    }

    /** One constant of {@code type}; {@code PEAK_EWMA} is written {@code peakEwma}. */
    public static <E extends Enum<E>> SettingType<E> choice(Class<E> type) {
        Map<String, E> byWord = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            byWord.put(word(constant), constant);
        }
        List<String> words = List.copyOf(byWord.keySet());
        return new ScalarType<>(
                text -> {
                    E found = byWord.get(text);
                    if (found == null) {
                        String nearest = Nearest.of(text, words);
                        throw new IllegalArgumentException(
                                nearest == null ? "is unknown" : "is unknown (did you mean " + nearest + "?)");
                    }
                    return found;
                },
                SettingTypes::word,
                "one of " + String.join(", ", words),
                Map.of("enum", words));
    }

    /**
     * Text that matches the whole of {@code pattern}.
     *
     * @param words what is wanted, for people: "a zone's name"
     */
    public static SettingType<String> text(String pattern, String words) {
        Pattern compiled = Pattern.compile(pattern);
        return new ScalarType<>(
                text -> {
                    if (!compiled.matcher(text).matches()) {
                        throw new IllegalArgumentException("is not " + words);
                    }
                    return text;
                },
                text -> text,
                words,
                Map.of("type", "string", "pattern", "^(?:" + pattern + ")$"));
    }

    /** A list, or one item alone. Text with commas is a list as well, so that it fits into an annotation. */
    public static <T> SettingType<List<T>> listOf(SettingType<T> item) {
        return new ListType<>(item);
    }

    /** A list of statuses: HTTP ones as numbers, gRPC ones by name, {@code INTERNAL}, which are kept as their codes. */
    public static SettingType<List<Integer>> statuses() {
        return listOf(new StatusType());
    }

    private static <T> SettingType<T> orOff(SettingType<T> some, T off) {
        return new ScalarType<>(
                text -> text.equals("off") ? off : some.parse(text),
                value -> value.equals(off) ? "off" : some.render(value),
                some.expects() + ", or off",
                Map.of("anyOf", List.of(Map.of("const", "off"), some.schema())));
    }

    private static <C extends Comparable<C>> C within(C value, C min, C max, Function<C, String> words) {
        if (value.compareTo(min) < 0) {
            throw new IllegalArgumentException("must be " + words.apply(min) + " or more");
        }
        if (value.compareTo(max) > 0) {
            throw new IllegalArgumentException("must be " + words.apply(max) + " or less");
        }
        return value;
    }

    private static long whole(String text) {
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException("is not a whole number");
        }
        return Long.parseLong(text);
    }

    private static double decimal(String text, boolean percent) {
        var matcher = DECIMAL.matcher(text);
        if (!matcher.matches() || (!percent && !matcher.group(2).isEmpty())) {
            throw new IllegalArgumentException("is not a number");
        }
        double value = Double.parseDouble(matcher.group(1));
        return matcher.group(2).isEmpty() ? value : value / 100;
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : new BigDecimal(String.valueOf(value)).toPlainString();
    }

    /** How policies write a constant: {@code PEAK_EWMA} as {@code peakEwma}. */
    public static String word(Enum<?> constant) {
        String[] parts = constant.name().toLowerCase(Locale.ROOT).split("_", -1);
        return parts[0]
                + Arrays.stream(parts)
                        .skip(1)
                        .filter(part -> !part.isEmpty())
                        .map(part -> Character.toUpperCase(part.charAt(0)) + part.substring(1))
                        .collect(Collectors.joining());
    }
}
