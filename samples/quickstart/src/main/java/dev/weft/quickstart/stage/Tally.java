package dev.weft.quickstart.stage;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.HdrHistogram.ConcurrentHistogram;

/** Counts what the callers of one service see. Thread-safe. */
public final class Tally {
    static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(2);
    static final int DIGITS = 2;

    private final ConcurrentMap<String, LongAdder> byReplica = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, LongAdder> failures = new ConcurrentHashMap<>();
    private final ConcurrentHistogram micros = new ConcurrentHistogram(LONGEST_MICROS, DIGITS);

    void answered(String replica, long nanos) {
        count(byReplica, replica, nanos);
    }

    void failed(String reason, long nanos) {
        count(failures, reason, nanos);
    }

    private void count(ConcurrentMap<String, LongAdder> counts, String key, long nanos) {
        counts.computeIfAbsent(key, k -> new LongAdder()).increment();
        micros.recordValue(Math.min(LONGEST_MICROS, TimeUnit.NANOSECONDS.toMicros(nanos)));
    }

    /** All up to now. */
    public Seen seen() {
        return new Seen(sums(byReplica), sums(failures), micros.copy());
    }

    private static Map<String, Long> sums(ConcurrentMap<String, LongAdder> counts) {
        return counts.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, count -> count.getValue().sum()));
    }
}
