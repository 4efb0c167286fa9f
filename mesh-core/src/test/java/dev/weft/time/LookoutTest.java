package dev.weft.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Race;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LookoutTest {
    private static final long MS = 1_000_000;

    private final FakeTime time = new FakeTime();
    private final Lookout<Lookout.Watched> lookout = Lookout.of(time);

    @Test
    void looksWhenItWasAskedTo() {
        List<Long> looks = new ArrayList<>();
        lookout.add(look(looks, Lookout.NEVER_NANOS), 50 * MS, time.nanos());
        time.advance(Duration.ofMillis(49));
        assertThat(looks).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(looks).containsExactly(50 * MS);
        assertThat(time.pending()).isZero();
    }

    @Test
    void comesBackAfterTheTimeThatALookAskedFor() {
        List<Long> looks = new ArrayList<>();
        lookout.add(look(looks, 20 * MS), 10 * MS, time.nanos());
        time.advance(Duration.ofMillis(55));
        assertThat(looks).containsExactly(10 * MS, 30 * MS, 50 * MS);
    }

    @Test
    void whatIsMoreUrgentMovesTheAlarm() {
        List<Long> late = new ArrayList<>();
        List<Long> early = new ArrayList<>();
        lookout.add(look(late, Lookout.NEVER_NANOS), 100 * MS, time.nanos());
        lookout.add(look(early, Lookout.NEVER_NANOS), 10 * MS, time.nanos());
        assertThat(time.pending()).isEqualTo(1);
        time.advance(Duration.ofMillis(10));
        assertThat(early).containsExactly(10 * MS);
    }

    @Test
    void whatIsLessUrgentSetsNoAlarm() {
        List<Long> looks = new ArrayList<>();
        lookout.add(look(looks, 90 * MS), 10 * MS, time.nanos());
        for (int i = 0; i < 1000; i++) {
            int place = lookout.add(look(looks, Lookout.NEVER_NANOS), 10 * MS + i, time.nanos());
            lookout.remove(place);
            assertThat(time.pending()).isEqualTo(1);
        }
    }

    @Test
    void whatIsGoneIsNotLookedAt() {
        List<Long> looks = new ArrayList<>();
        int place = lookout.add(look(looks, MS), 10 * MS, time.nanos());
        lookout.remove(place);
        time.advance(Duration.ofSeconds(1));
        assertThat(looks).isEmpty();
        assertThat(lookout.watched()).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void tellsWhenItCameLateItself() {
        long began = time.nanos();
        List<Long> looks = new ArrayList<>();
        lookout.add(look(looks, 20 * MS), 10 * MS, time.nanos());
        time.stall(Duration.ofMillis(15));
        assertThat(looks).containsExactly(15 * MS);
        assertThat(lookout.stalledNanos()).as("5 ms are no stall").isEqualTo(began);

        time.stall(Duration.ofMillis(26));
        assertThat(looks).containsExactly(15 * MS, 41 * MS);
        assertThat(lookout.stalledNanos()).isEqualTo(began + 41 * MS);

        time.advance(Duration.ofMillis(100));
        assertThat(looks).hasSize(7);
        assertThat(lookout.stalledNanos()).as("in time again").isEqualTo(began + 41 * MS);
    }

    @Test
    void theLagIsHowLateRoundsComeOnAverage() {
        lookout.add(now -> 10 * MS, 10 * MS, time.nanos());
        time.advance(Duration.ofSeconds(1));
        assertThat(lookout.lagNanos()).isZero();
        for (int i = 0; i < 100; i++) {
            time.stall(Duration.ofMillis(12));
        }
        assertThat(lookout.lagNanos()).isBetween(2 * MS * 99 / 100, 2 * MS);

        time.advance(Duration.ofSeconds(3));
        assertThat(lookout.lagNanos()).isZero();
        time.stall(Duration.ofHours(1));
        assertThat(lookout.lagNanos()).as("one pause, of which 5 ms count").isLessThanOrEqualTo(5 * MS / 16);
    }

    @Test
    void neverIsNever() {
        lookout.add(now -> 0, Lookout.NEVER_NANOS, time.nanos());
        assertThat(time.pending()).isZero();
        assertThat(lookout.watched()).isEqualTo(1);
    }

    @Test
    void watchesMoreThanABoardHolds() {
        AtomicInteger looks = new AtomicInteger();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            places.add(lookout.add(
                    now -> {
                        looks.incrementAndGet();
                        return Lookout.NEVER_NANOS;
                    },
                    MS,
                    time.nanos()));
        }
        assertThat(places).doesNotHaveDuplicates();
        time.advance(Duration.ofMillis(1));
        assertThat(looks).hasValue(5000);
        places.forEach(lookout::remove);
        assertThat(lookout.watched()).isZero();
    }

    /** Against the real clock: whatever threads come and go, nothing that stays is missed. */
    @Test
    void nothingIsMissedWhileOthersComeAndGo() throws InterruptedException {
        Lookout<Lookout.Watched> real = Lookout.of(Time.system());
        int threads = 4;
        int each = 500;
        CountDownLatch seen = new CountDownLatch(threads * each);
        List<Thread> started = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            long seed = 42L + t;
            Thread thread = new Thread(() -> {
                Random random = new Random(seed);
                for (int i = 0; i < each; i++) {
                    AtomicInteger looks = new AtomicInteger();
                    int shortLived = real.add(now -> Lookout.NEVER_NANOS, random.nextInt((int) MS), System.nanoTime());
                    real.add(
                            now -> {
                                if (looks.getAndIncrement() == 0) {
                                    seen.countDown();
                                }
                                return Lookout.NEVER_NANOS;
                            },
                            random.nextInt((int) (5 * MS)),
                            System.nanoTime());
                    real.remove(shortLived);
                }
            });
            started.add(thread);
            thread.start();
        }
        for (Thread thread : started) {
            thread.join();
        }
        assertThat(seen.await(30, TimeUnit.SECONDS))
                .as("%d were never looked at (seeds 42..45)", seen.getCount())
                .isTrue();
        assertThat(real.watched()).isEqualTo(threads * each);
    }

    @Test
    void ofWhoRemovesAndWhoReplacesOneIsFirstAndBothKnowIt() {
        Race.rounds(300, () -> {
            Lookout<String> watch = new Lookout<>(time, new Random(1), (watched, place, now) -> Lookout.NEVER_NANOS);
            int place = watch.add("call", Lookout.NEVER_NANOS, time.nanos());
            AtomicReference<String> removed = new AtomicReference<>();
            AtomicBoolean replaced = new AtomicBoolean();
            return Race.of(
                    () -> {
                        assertThat(removed).hasValue(replaced.get() ? "race" : "call");
                        assertThat(watch.watched()).isZero();
                    },
                    () -> removed.set(watch.remove(place)),
                    () -> replaced.set(watch.replace(place, "call", "race")));
        });
    }

    private Lookout.Watched look(List<Long> looks, long again) {
        long start = time.nanos();
        return now -> {
            looks.add(now - start);
            return again;
        };
    }

    /** Its core has that part of the board, and no other writes there. */
    @Test
    void aThreadComesBackToItsPlaceAndThoseMadeNextToItAreFarApart() throws InterruptedException {
        int mine = add();
        lookout.remove(mine);
        assertThat(add()).isEqualTo(mine);
        int one = place();
        int other = place();
        assertThat(Math.abs(one - other)).isGreaterThanOrEqualTo(16);
    }

    private int add() {
        return lookout.add(now -> Lookout.NEVER_NANOS, 10 * MS, time.nanos());
    }

    private int place() throws InterruptedException {
        AtomicInteger place = new AtomicInteger();
        Thread thread = new Thread(() -> place.set(add()));
        thread.start();
        thread.join();
        return place.get();
    }
}
