package dev.weft.quickstart.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AilmentTest {
    private final Ailment ailment = new Ailment();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 30, 50, 99, 100})
    void asManyOfAHundredFailAsWereAskedFor(int percent) {
        ailment.take("fail " + percent);

        assertThat(failures(100)).isEqualTo(percent);
    }

    @Test
    void itHeals() {
        ailment.take("fail 100");
        ailment.take("fail 0");

        assertThat(failures(100)).isZero();
    }

    private long failures(int answers) {
        return IntStream.range(0, answers).filter(i -> ailment.fails()).count();
    }
}
