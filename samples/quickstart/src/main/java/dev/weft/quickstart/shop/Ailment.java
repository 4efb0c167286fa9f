package dev.weft.quickstart.shop;

import dev.weft.time.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** What ails a replica; thread-safe. Commands: {@code delay MILLIS} and {@code fail PERCENT}, 0 for none. */
final class Ailment {
    private final AtomicLong answers = new AtomicLong();
    private volatile long delayNanos;
    private volatile int failPercent;

    void take(String command) {
        String[] words = command.split(" ", 2);
        int number = Integer.parseInt(words[1]);
        switch (words[0]) {
            case "delay" -> delayNanos = Duration.ofMillis(number).toNanos();
            case "fail" -> failPercent = number;
            default -> throw new IllegalArgumentException("unknown command: " + command);
        }
    }

    void delay() {
        long nanos = delayNanos;
        if (nanos > 0) {
            Time time = Time.system();
            time.park(() -> false, time.nanos() + nanos);
        }
    }

    /** Spread evenly: at 30 percent, the fourth, the seventh and the tenth of ten. */
    boolean fails() {
        int percent = failPercent;
        return percent > 0 && answers.getAndIncrement() * percent % 100 >= 100 - percent;
    }
}
