package dev.weft.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlidingSumTest {
    private static final long SLICE = 100;

    @Test
    void anAmountCountsUntilItsSliceHasLeftTheWindow() {
        SlidingSum sum = new SlidingSum(10 * SLICE, 10, 0);
        sum.add(7, 50);
        assertThat(sum.sum(999)).isEqualTo(7);
        assertThat(sum.sum(1000)).isZero();
    }

    @Test
    void anIdleTimeLongerThanTheWindowForgetsAll() {
        SlidingSum sum = new SlidingSum(10 * SLICE, 10, 0);
        for (int i = 0; i < 10; i++) {
            sum.add(1, i * SLICE);
        }
        assertThat(sum.sum(950)).isEqualTo(10);
        assertThat(sum.sum(1_000_000)).isZero();
        sum.add(3, 1_000_001);
        assertThat(sum.sum(1_000_002)).isEqualTo(3);
    }

    @Test
    void whatComesLateCountsAsOfNow() {
        SlidingSum sum = new SlidingSum(10 * SLICE, 10, 0);
        sum.add(1, 950);
        sum.add(1, 20);
        assertThat(sum.sum(1_700)).isEqualTo(2);
    }

    @Test
    void clearForgetsAll() {
        SlidingSum sum = new SlidingSum(10 * SLICE, 10, 0);
        sum.add(1, 0);
        sum.add(1, 500);
        sum.clear();
        assertThat(sum.sum(500)).isZero();
    }

    @Test
    void agreesWithAListOfWhatWasAddedAndWhen() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            // Origins on both sides of zero: the clock's is arbitrary.
            long now = random.nextLong() >> random.nextInt(2, 40);
            SlidingSum sum = new SlidingSum(8 * SLICE, 8, now);
            Deque<long[]> added = new ArrayDeque<>();
            for (int i = 0; i < 500; i++) {
                now += random.nextInt(10) == 0 ? random.nextInt(2000) : random.nextInt(40);
                long slice = Math.floorDiv(now, SLICE);
                added.removeIf(entry -> slice - entry[0] >= 8);
                long amount = random.nextInt(-5, 20);
                sum.add(amount, now);
                added.add(new long[] {slice, amount});
                assertThat(sum.sum(now))
                        .as("seed %d, step %d", seed, i)
                        .isEqualTo(added.stream().mapToLong(entry -> entry[1]).sum());
            }
        }
    }

    @Test
    void losesNothingOfWhatManyThreadsAdd() throws InterruptedException {
        SlidingSum sum = new SlidingSum(1_000 * SLICE, 1_000, 0);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    sum.add(1, i);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(sum.sum(20_000)).isEqualTo(80_000);
    }
}
