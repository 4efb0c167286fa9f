package dev.weft.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTypeTest {
    private final RateType type = new RateType();

    @ParameterizedTest
    @ValueSource(strings = {"100/s", "5/min", "1000/h", "1/d", "1000000/s", "60000000/min", "off"})
    void isWrittenAsItIsRead(String text) {
        assertThat(type.render(type.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0/s, would let nothing through",
        "-1/s, is negative",
        "100, has no unit: write 100/s or 100/min",
        "100/, has no unit",
        "0.5/s, write 30/min for 0.5/s",
        "5/m, has an unknown unit",
        "1000001/s, 'is more than 1000000/s'",
        "999999999999999/d, 'is more than 1000000/s'",
        "9999999999999999999999/s, is not a rate",
        "many, is not a rate",
        "'', is not a rate",
        "1/s/s, is not a rate",
    })
    void saysWhatIsWrong(String text, String says) {
        assertThatThrownBy(() -> type.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
    }
}
