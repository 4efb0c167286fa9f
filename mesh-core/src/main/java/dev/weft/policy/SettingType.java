package dev.weft.policy;

import java.util.Map;

/**
 * What a setting accepts: how its text becomes a value, and how people are told.
 *
 * @param <T> the type of the value; immutable
 */
public interface SettingType<T> {
    /**
     * The value of a plain policy value: a {@code String} as written for a scalar, or an immutable {@code List} of
     * such strings.
     *
     * @throws IllegalArgumentException when it is none; the message says what is wrong with it, such as "must be 1
     *     or more"
     */
    T parse(Object raw);

    /** How a value is written in a policy; {@code parse} of it gives an equal value. */
    String render(T value);

    /** A value as {@link #parse} takes it: as it is written, or a list of what is. {@code parse} of it gives an equal value. */
    default Object raw(T value) {
        return render(value);
    }

    /** What is accepted, in words: "a duration such as 250ms or 2s". */
    String expects();

    /** The JSON Schema of it, as a plain map. */
    Map<String, Object> schema();
}
