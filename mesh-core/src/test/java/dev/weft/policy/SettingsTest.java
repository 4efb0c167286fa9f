package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static Setting<Boolean> flag(String key) {
        return Setting.route(key, SettingTypes.flag(), false, "A flag.");
    }

    @Test
    void oneKeyHasOneSetting() {
        Setting<Boolean> once = flag("a.b");

        assertThat(Settings.of(List.of(once, once)).all()).containsExactly(once);
        assertThatThrownBy(() -> Settings.of(List.of(once, flag("a.b")))).hasMessage("two settings have the key a.b");
    }

    @Test
    void keyIsNotTheBeginningOfAnother() {
        assertThatThrownBy(() -> Settings.of(List.of(flag("a.b.c"), flag("a.b"))))
                .hasMessage("the setting a.b is also the beginning of another's key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A.b", "a..b", "a.", "a-b", "routes", "match.path", "name"})
    void keyIsMadeOfLowerCamelCaseWordsThatTheFormatDoesNotUse(String key) {
        assertThatThrownBy(() -> Settings.of(List.of(flag(key)))).hasMessage("not a key for a setting: " + key);
    }

    @Test
    void builtInDefaultIsOneOfItsOwnType() {
        Setting<Integer> setting = Setting.route("a", SettingTypes.count(1, 5), 7, "");

        assertThatThrownBy(() -> Settings.of(List.of(setting))).hasMessage("the default of a, 7, must be 5 or less");
    }

    @Test
    void everyItemOfABuiltInListIsOneOfItsType() {
        SettingType<List<Integer>> type = SettingTypes.listOf(SettingTypes.count(1, 5));
        Setting<List<Integer>> setting = Setting.route("a", type, List.of(5, 7), "");

        assertThat(Settings.of(List.of(Setting.route("a", type, List.of(5, 1), "")))
                        .all())
                .hasSize(1);
        assertThatThrownBy(() -> Settings.of(List.of(setting)))
                .hasMessage("the default of a, [5, 7], must be 5 or less");
    }

    @Test
    void builtInDefaultThatIsReadAsSomethingElseIsRefused() {
        Setting<String> setting = Setting.route("a", SettingTypes.text(".*", "anything"), " b", "");

        assertThatThrownBy(() -> Settings.of(List.of(setting)))
                .hasMessage("the default of a is not what its text  b means");
    }

    @ParameterizedTest
    @CsvSource({
        "retry.attemps, retry.attempts",
        "retyr.attempts, retry.attempts",
        "Retry.Attempts, retry.attempts",
        "retry, retry",
        "brekaer, breaker",
        "deadline.totl, deadline.total",
        "total, deadline.total",
        "some.statuses, retry.statuses",
    })
    void nearestKeyIsTheOneProbablyMeant(String key, String meant) {
        assertThat(Samples.SETTINGS.nearest(key)).isEqualTo(meant);
    }

    @Test
    void nothingIsNearToWhatIsFarFromEverything() {
        assertThat(Samples.SETTINGS.nearest("unrelated")).isNull();
        assertThat(Samples.SETTINGS.nearest("x".repeat(100_000))).isNull();
        assertThatThrownBy(() -> Samples.SETTINGS.require("retry.attempt"))
                .hasMessage("unknown setting retry.attempt; did you mean retry.attempts?");
    }

    @Test
    void referenceHasALineForEachSetting() {
        assertThat(Samples.SETTINGS.reference())
                .contains("| `retry.attempts` | service, route | a whole number of 1 to 5 | `3` | How many attempts a"
                        + " call may make. |\n")
                .contains("| `balancer.kind` | service | one of roundRobin, least, peakEwma | `least` | How a node is"
                        + " picked. |\n");
    }
}
