package dev.weft.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeoutHeaderTest {
    @ParameterizedTest
    @CsvSource({
        "1n, 1",
        "99999999n, 99999999",
        "250u, 250000",
        "300m, 300000000",
        "2S, 2000000000",
        "1M, 60000000000",
        "1H, 3600000000000",
        "00000001S, 1000000000",
        "0m, 0",
        "99999999H, 9223372036854775807"
    })
    void readsEveryUnit(String header, long nanos) {
        assertThat(TimeoutHeader.parse(header)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "S",
                "1s",
                "1h",
                "-1S",
                "+1S",
                "1.5S",
                "1 S",
                " 1S",
                "1S ",
                "100000000n",
                "000000001S",
                "1SS",
                "٣S",
                "0x1S",
                "1S,2S",
                "nan",
                "99999999999999999999S"
            })
    void whatIsMalformedIsNoTimeout(String header) {
        assertThat(TimeoutHeader.parse(header)).isEqualTo(TimeoutHeader.NONE);
    }

    @Test
    void anAbsentHeaderIsNoTimeout() {
        assertThat(TimeoutHeader.parse(null)).isEqualTo(TimeoutHeader.NONE);
        assertThat(TimeoutHeader.parseEnvoy(null)).isEqualTo(TimeoutHeader.NONE);
    }

    @ParameterizedTest
    @CsvSource({"1, 1000000", "15000, 15000000000", "999999999999999999, 9223372036854775807"})
    void readsEnvoysMilliseconds(String header, long nanos) {
        assertThat(TimeoutHeader.parseEnvoy(header)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "1.5", "1S", " 1", "1000000000000000000", "१"})
    void envoysHeaderMalformedOrZeroIsNoTimeout(String header) {
        assertThat(TimeoutHeader.parseEnvoy(header)).isEqualTo(TimeoutHeader.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0n",
        "-5, 0n",
        "99999999, 99999999n",
        "100000000, 100000u",
        "250000000, 250000u",
        "2500000000, 2500000u",
        "9223372036854775807, 2562047H"
    })
    void writesTheFinestUnitThatFits(long nanos, String header) {
        assertThat(TimeoutHeader.format(nanos)).isEqualTo(header);
    }

    @Test
    void whatIsWrittenReadsAsNoMoreAndHardlyLess() {
        Random random = new Random(20_260_101);
        for (int i = 0; i < 100_000; i++) {
            long nanos = random.nextLong() >>> (1 + random.nextInt(63));
            String header = TimeoutHeader.format(nanos);
            assertThat(header).matches("[0-9]{1,8}[HMSmun]");
            long read = TimeoutHeader.parse(header);
            assertThat(read).as("%s of %d", header, nanos).isLessThanOrEqualTo(nanos);
            // A coarser unit is taken only where it still leaves six digits.
            assertThat(nanos - read).as("%s of %d", header, nanos).isLessThanOrEqualTo(nanos / 100_000);
        }
    }

    @ParameterizedTest
    @CsvSource({"100, 5, 95", "100, 0, 100", "10, 5, 5", "6, 5, 3", "1, 5, 0", "0, 5, 0"})
    void theMarginNeverTakesMoreThanHalf(long left, long margin, long told) {
        assertThat(TimeoutHeader.told(left, margin)).isEqualTo(told);
    }
}
