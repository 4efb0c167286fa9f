package dev.weft.quickstart.view;

import java.time.Duration;
import java.util.Locale;

/** Figures as people read them. */
public final class Words {
    private Words() {}

    public static String percent(double part) {
        // 99.97 % must not look like all.
        return String.format(Locale.ROOT, part > 0.999 && part < 1 ? "%.2f %%" : "%.0f %%", part * 100);
    }

    public static String millis(Duration duration) {
        double millis = duration.toNanos() / 1e6;
        return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
    }

    public static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%5.1f s", duration.toMillis() / 1e3);
    }

    static String of(Promised promised) {
        return (promised.held() ? "[held]   " : "[BROKEN] ") + promised.what() + ": expected " + promised.expected()
                + ", seen " + promised.seen();
    }
}
