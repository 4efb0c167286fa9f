package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.Threads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TallyTest {
    private static final long SLICE = Duration.ofSeconds(5).toNanos();

    private record Added(long nanos, boolean failed) {}

    /** Against a plain list, wherever the clock begins; the clock is below zero on some machines. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE - 100_000_000_000_000L, -40_000_000_000L, 123_456_789_012_345L})
    void countsWhatIsYoungerThanTheWindowToTheNearestSlice(long origin) {
        Tally tally = new Tally();
        Random random = new Random(origin);
        Deque<Added> all = new ArrayDeque<>();
        long now = origin;
        for (int i = 0; i < 5_000; i++) {
            now += random.nextInt(20) == 0 ? random.nextLong(40_000_000_000L) : random.nextLong(500_000_000L);
            Added added = new Added(now, random.nextInt(4) == 0);
            tally.add(added.failed, now);
            all.addLast(added);
            long oldest = (Math.floorDiv(now, SLICE) - 5) * SLICE;
            while (all.getFirst().nanos < oldest) {
                all.removeFirst();
            }
            assertThat(tally.counts(now))
                    .isEqualTo(new Tally.Counts(
                            all.size(), all.stream().filter(Added::failed).count()));
        }
    }

    /** Against a plain list: each slice of half a minute, and each half-minute before it. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE - 100_000_000_000_000L, -400_000_000_000L, 123_456_789_012_345L})
    void remembersMinutesMoreCoarsely(long origin) {
        Tally tally = new Tally();
        Random random = new Random(origin);
        List<Added> all = new ArrayList<>();
        long now = origin;
        for (int i = 1; i <= 5_000; i++) {
            now += random.nextLong(400_000_000L);
            Added added = new Added(now, random.nextInt(4) == 0);
            tally.add(added.failed, now);
            all.add(added);
            if (i % 100 == 0) {
                Tally.Course course = new Tally.Course();
                tally.addTo(course, now);
                long newest = Math.floorDiv(now, SLICE);
                for (int slice = 0; slice < Tally.Course.LENGTH; slice++) {
                    boolean recent = slice < Tally.Course.RECENT;
                    long past = Math.floorDiv(newest, 6) - (slice - Tally.Course.RECENT + 1);
                    // Of the newest half-minute of the past, some is in the window still.
                    long from = recent ? newest - slice : past * 6;
                    long to = recent ? from : Math.min(from + 5, newest - 6);
                    List<Added> there = all.stream()
                            .filter(each -> Math.floorDiv(each.nanos, SLICE) >= from)
                            .filter(each -> Math.floorDiv(each.nanos, SLICE) <= to)
                            .toList();
                    assertThat(course.all(slice)).as("slice %d", slice).isEqualTo(there.size());
                    assertThat(course.failed(slice))
                            .isEqualTo(there.stream().filter(Added::failed).count());
                }
            }
        }
    }

    @Test
    void threadsThatCountAtOnceLoseNothing() {
        Tally tally = new Tally();
        Threads.atOnce(4, thread -> {
            for (int i = 0; i < 50_000; i++) {
                tally.add(i % 5 == 0, 7);
            }
        });
        assertThat(tally.counts(7)).isEqualTo(new Tally.Counts(200_000, 40_000));
    }

    @Test
    void aShareOfNothingIsNothing() {
        assertThat(new Tally().counts(0).failing()).isZero();
    }
}
