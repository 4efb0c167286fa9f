package dev.weft.simulator.scenario;

import dev.weft.policy.SettingType;
import dev.weft.policy.SettingTypes;
import java.time.Duration;

/** What numbers scenarios know. They are written as policy writes them. */
final class Amounts {
    static final Duration LONGEST = Duration.ofHours(24);
    static final SettingType<Duration> TIME = SettingTypes.duration(Duration.ZERO, LONGEST);
    static final SettingType<Duration> SOME_TIME = SettingTypes.duration(Duration.ofNanos(1), LONGEST);
    static final SettingType<Double> NUMBER = SettingTypes.number(0, 10_000_000);
    static final SettingType<Double> SHARE = SettingTypes.ratio(0, 1);

    private Amounts() {}

    static long nanos(Duration duration) {
        return duration.toNanos();
    }
}
