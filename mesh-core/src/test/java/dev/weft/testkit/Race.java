package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Lets things happen at the same moment on threads of their own, again and again, and looks after each time whether it
 * came out right:
 *
 * <pre>{@code
 * Race.rounds(1_000, () -> {
 *   Promise<String> promise = new Promise<>();
 *   AtomicInteger told = new AtomicInteger();
 *   return Race.of(
 *       () -> assertThat(told).hasValue(1),
 *       () -> promise.succeed("stock"),
 *       () -> promise.onDone(call, (c, outcome) -> told.incrementAndGet()));
 * });
 * }</pre>
 */
public final class Race {
    private static final long PATIENCE_SECONDS = 60;

    private final Runner check;
    private final List<Runner> runners;

    private Race(Runner check, List<Runner> runners) {
        this.check = check;
        this.runners = runners;
    }

    /** One of those who run. */
    @FunctionalInterface
    public interface Runner {
        void run() throws Exception;
    }

    /** A race of these, and what must hold when all have come in. */
    public static Race of(Runner check, Runner... runners) {
        return new Race(check, List.of(runners));
    }

    /** That many races one after the other, all with the same number of runners. */
    public static void rounds(int rounds, Supplier<Race> race) {
        Race first = race.get();
        Track track = new Track(first.runners.size() + 1);
        List<Thread> threads = IntStream.range(0, first.runners.size())
                .mapToObj(lane -> new Thread(() -> track.follow(lane), "race-" + lane))
                .toList();
        threads.forEach(thread -> {
            thread.setDaemon(true);
            thread.start();
        });
        try {
            for (int round = 0; round < rounds; round++) {
                track.hold(round == 0 ? first : race.get());
            }
        } finally {
            track.end();
        }
    }

    /** Where the threads run, race after race. */
    private static final class Track {
        private final CyclicBarrier line;
        private final AtomicInteger atStart = new AtomicInteger();
        private final AtomicReference<Throwable> thrown = new AtomicReference<>();
        private volatile @Nullable Race race;

        Track(int parties) {
            this.line = new CyclicBarrier(parties);
        }

        void hold(Race next) {
            atStart.set(0);
            race = next;
            await();
            await();
            assertThat(thrown.get()).isNull();
            try {
                next.check.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        void follow(int lane) {
            await();
            for (Race now = race; now != null; now = race) {
                startWithTheOthers(now.runners.size());
                try {
                    now.runners.get(lane).run();
                } catch (Throwable e) {
                    thrown.compareAndSet(null, e);
                }
                await();
                await();
            }
        }

        /** A barrier lets its threads go one by one; from here they leave within nanoseconds of each other. */
        @SuppressWarnings("ThreadPriorityCheck") // there may be fewer cores than runners
        private void startWithTheOthers(int runners) {
            atStart.incrementAndGet();
            for (int spins = 0; atStart.get() < runners; spins++) {
                if (spins % 100 == 0) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
        }

        void end() {
            race = null;
            if (line.isBroken()) {
                return;
            }
            await();
        }

        private void await() {
            try {
                line.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new AssertionError("somebody did not come in within " + PATIENCE_SECONDS + " s", e);
            }
        }
    }
}
