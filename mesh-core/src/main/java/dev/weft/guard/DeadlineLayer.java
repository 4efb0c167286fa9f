package dev.weft.guard;

import dev.weft.call.Filter;
import dev.weft.policy.Layer;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Stackable;
import java.time.Duration;
import java.util.List;

/** Puts the call under its deadline: the policy's, or the nearer one that the caller itself stands under. */
public final class DeadlineLayer implements Stackable {
    public static final Setting<Duration> TOTAL = Setting.route(
            "deadline.total",
            SettingTypes.durationOrOff(Duration.ofMillis(1), Duration.ofHours(24)),
            Duration.ofSeconds(10),
            "The time for the whole call: all attempts, all pauses, and the answer to its last byte. The caller's own"
                    + " deadline, where it is nearer, wins; over the default it always does. off for endless streams.");
    public static final Setting<Duration> MARGIN = Setting.route(
            "deadline.margin",
            SettingTypes.duration(Duration.ZERO, Duration.ofSeconds(10)),
            Duration.ZERO,
            "Taken off what is told to the next process, for the way back.");

    @Override
    public String name() {
        return "deadline";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(TOTAL, MARGIN);
    }

    @Override
    public <R> Filter<R> filter(Fit<R> fit) {
        return new DeadlineFilter<>(
                fit.policy().get(TOTAL).toNanos(), fit.policy().origin(TOTAL).layer() == Layer.BUILT_IN);
    }
}
