package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** Real threads that do something at the same time. */
public final class Threads {
    private Threads() {}

    /** Has so many threads run {@code work}, each with its number, all beginning at once; what one throws is thrown here. */
    public static void atOnce(int threads, IntConsumer work) {
        atOnce(threads, Duration.ofMinutes(1), work);
    }

    /** As {@link #atOnce(int, IntConsumer)}, for work that takes longer than a minute. */
    public static void atOnce(int threads, Duration patience, IntConsumer work) {
        CyclicBarrier start = new CyclicBarrier(threads);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            Thread thread = new Thread(() -> {
                try {
                    start.await(60, TimeUnit.SECONDS);
                    work.accept(number);
                } catch (Throwable e) {
                    thrown.compareAndSet(null, e);
                }
            });
            thread.start();
            running.add(thread);
        }
        try {
            for (Thread thread : running) {
                thread.join(patience.toMillis());
                assertThat(thread.isAlive())
                        .as("still running after %s, at %s", patience, List.of(thread.getStackTrace()))
                        .isFalse();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (thrown.get() != null) {
            throw new AssertionError(thrown.get());
        }
    }
}
