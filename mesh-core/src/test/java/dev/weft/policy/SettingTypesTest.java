package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTypesTest {
    private static final SettingType<Duration> DURATION = SettingTypes.duration(Duration.ZERO, Duration.ofDays(365));
    private static final SettingType<Duration> OFF =
            SettingTypes.durationOrOff(Duration.ofMillis(10), Duration.ofSeconds(5));

    @ParameterizedTest
    @CsvSource({
        "250ms, PT0.25S",
        "2s, PT2S",
        "1m, PT1M",
        "1.5h, PT1H30M",
        "0ms, PT0S",
        "100us, PT0.0001S",
        "7ns, PT0.000000007S",
        "2 s, PT2S",
        "1d, PT24H"
    })
    void durationHasANumberAndAUnit(String text, Duration value) {
        assertThat(DURATION.parse(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "-1s, is negative",
        "5, has no unit: write 5ms or 5s",
        "5 minutes, 'has an unknown unit: use ms, s, m or h'",
        "5S, 'has an unknown unit: use ms, s, m or h'",
        "fast, is not a duration",
        "1e3s, is not a duration",
        "0x10ms, is not a duration",
        "9999999999999s, is not a duration",
        "999999999999h, is too long",
        "366d, must be 365d or less",
        "'', is not a duration"
    })
    void durationSaysWhatIsWrong(String text, String problem) {
        assertThatThrownBy(() -> DURATION.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(problem);
    }

    @Test
    void durationMayBeOffWhereThatIsAllowed() {
        assertThat(OFF.parse("off")).isEqualTo(Duration.ZERO);
        assertThat(OFF.render(Duration.ZERO)).isEqualTo("off");
        assertThat(OFF.parse("1s")).isEqualTo(Duration.ofSeconds(1));
        assertThatThrownBy(() -> OFF.parse("0s")).hasMessage("must be 10ms or more");
        assertThatThrownBy(() -> DURATION.parse("off")).hasMessage("is not a duration");
    }

    @Test
    void durationIsWrittenAsItIsRead() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long unit = List.of(1L, 1_000L, 1_000_000L, 1_000_000_000L, 60_000_000_000L)
                    .get(random.nextInt(5));
            Duration value = Duration.ofNanos(random.nextInt(100_000) * unit);
            assertThat(DURATION.parse(DURATION.render(value)))
                    .as("seed %d", seed)
                    .isEqualTo(value);
        }
        assertThat(DURATION.render(Duration.ofSeconds(90))).isEqualTo("90s");
        assertThat(DURATION.render(Duration.ofMillis(1500))).isEqualTo("1500ms");
    }

    @ParameterizedTest
    @CsvSource({"0.2, 0.2", "20%, 0.2", "2.5 %, 0.025", "0, 0", "1, 1", "100%, 1"})
    void ratioIsAShareOrPercent(String text, double value) {
        assertThat(SettingTypes.ratio(0, 1).parse(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "20, must be 1 or less",
        "-0.1, must be 0 or more",
        "101%, must be 1 or less",
        "NaN, is not a number",
        "1e-1, is not a number",
        "Infinity, is not a number",
        "%, is not a number"
    })
    void ratioSaysWhatIsWrong(String text, String problem) {
        assertThatThrownBy(() -> SettingTypes.ratio(0, 1).parse(text)).hasMessage(problem);
    }

    @Test
    void numberTakesNoPercent() {
        assertThat(SettingTypes.number(0, 10).parse("2.5")).isEqualTo(2.5);
        assertThatThrownBy(() -> SettingTypes.number(0, 10).parse("20%")).hasMessage("is not a number");
    }

    @ParameterizedTest
    @CsvSource({
        "0, must be 1 or more",
        "6, must be 5 or less",
        "2.0, is not a whole number",
        "two, is not a whole number"
    })
    void countSaysWhatIsWrong(String text, String problem) {
        assertThatThrownBy(() -> SettingTypes.count(1, 5).parse(text)).hasMessage(problem);
    }

    @ParameterizedTest
    @CsvSource({"65536, 65536", "64KiB, 65536", "1 MiB, 1048576", "12B, 12"})
    void bytesHaveBinaryUnits(String text, long value) {
        SettingType<Long> type = SettingTypes.bytes(0, 1L << 40);
        assertThat(type.parse(text)).isEqualTo(value);
        assertThat(type.parse(type.render(value))).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "1KB, 'has an unknown unit: use KiB, MiB or GiB'",
        "-1, is not a size",
        "2MiB, must be 1MiB or less",
        "99999999999999, is not a size",
        "999999999999GiB, is too large"
    })
    void bytesSayWhatIsWrong(String text, String problem) {
        assertThatThrownBy(() -> SettingTypes.bytes(0, 1 << 20).parse(text)).hasMessage(problem);
    }

    @Test
    void choiceIsWrittenInLowerCamelCase() {
        SettingType<Samples.Kind> type = SettingTypes.choice(Samples.Kind.class);
        assertThat(type.parse("peakEwma")).isEqualTo(Samples.Kind.PEAK_EWMA);
        assertThat(type.render(Samples.Kind.ROUND_ROBIN)).isEqualTo("roundRobin");
        assertThat(type.expects()).isEqualTo("one of roundRobin, least, peakEwma");
        assertThatThrownBy(() -> type.parse("PEAK_EWMA")).hasMessage("is unknown (did you mean peakEwma?)");
        assertThatThrownBy(() -> type.parse("maglev")).hasMessage("is unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "on", "TRUE", "1", ""})
    void flagIsTrueOrFalseOnly(String text) {
        assertThatThrownBy(() -> SettingTypes.flag().parse(text)).hasMessage("must be true or false");
    }

    @Test
    void listTakesAListOneItemOrTextWithCommas() {
        SettingType<List<Integer>> type = SettingTypes.statuses();
        assertThat(type.parse(List.of("502", "503"))).containsExactly(502, 503);
        assertThat(type.parse("502")).containsExactly(502);
        assertThat(type.parse("502, 503")).containsExactly(502, 503);
        assertThat(type.parse(type.render(List.of(502, 503)))).containsExactly(502, 503);
        assertThat(type.parse(type.render(List.of()))).isEmpty();
        assertThatThrownBy(() -> type.parse("502,")).hasMessage("is not a whole number");
        assertThatThrownBy(() -> type.parse(List.of("99"))).hasMessage("must be 100 or more");
    }

    @Test
    void statusesAreNumbersOfHttpOrNamesOfGrpc() {
        SettingType<List<Integer>> type = SettingTypes.statuses();
        assertThat(type.parse("500, INTERNAL, CANCELLED, UNAUTHENTICATED")).containsExactly(500, 13, 1, 16);
        assertThat(type.render(List.of(500, 13, 10))).isEqualTo("[500, INTERNAL, ABORTED]");
        assertThat(type.parse(type.render(List.of(500, 1, 16)))).containsExactly(500, 1, 16);
        assertThatThrownBy(() -> type.parse("internal"))
                .hasMessage("is the name of no gRPC status (did you mean INTERNAL?)");
        assertThatThrownBy(() -> type.parse("OK")).hasMessage("is the name of no gRPC status");
        assertThatThrownBy(() -> type.parse("BUSY")).hasMessageStartingWith("is the name of no gRPC status");
        assertThatThrownBy(() -> type.parse("13")).hasMessage("must be 100 or more");
        assertThat(type.expects()).contains("an HTTP status of 100 to 599 or the name of a gRPC status");
    }

    @Test
    void listIsWrittenAsYamlWhateverIsInItsItems() {
        SettingType<List<String>> type = SettingTypes.listOf(SettingTypes.text(".*", "anything"));
        List<String> odd = List.of("a, b", "{x}", "it's", "", "#", "spiffe://*/a", "plain");

        assertThat(type.render(odd)).isEqualTo("['a, b', '{x}', 'it''s', '', '#', 'spiffe://*/a', plain]");
        assertThat(type.parse(type.render(odd))).isEqualTo(odd);
        assertThat(type.raw(odd)).isEqualTo(odd);
        assertThatThrownBy(() -> type.parse("[a, [b]]")).hasMessage("is no list of plain values");
        assertThatThrownBy(() -> type.parse("[a")).hasMessageStartingWith("is no list: cannot be read");
    }

    @Test
    void textMatchesItsWholePattern() {
        SettingType<String> type = SettingTypes.text("[a-z]+", "a zone's name");
        assertThat(type.parse(" north ")).isEqualTo("north");
        assertThatThrownBy(() -> type.parse("north 1")).hasMessage("is not a zone's name");
    }
}
