package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;

/** Real threads that do something at the same time. */
public final class Threads {
    private static final int FIRST_WITH_VIRTUAL = 21;
    private static final Pattern DUMPED = Pattern.compile("(?m)^#\\d+ \"(.*)\" virtual");

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

    /** The names of all that live now, virtual ones as well. */
    public static List<String> names() {
        List<String> names = new ArrayList<>();
        Thread.getAllStackTraces().keySet().forEach(thread -> names.add(thread.getName()));
        if (Runtime.version().feature() >= FIRST_WITH_VIRTUAL) {
            DUMPED.matcher(dump()).results().forEach(virtual -> names.add(virtual.group(1)));
        }
        return names;
    }

    /** Such as JDK 21 and later write; nothing else there tells of virtual threads. */
    private static String dump() {
        try {
            Path directory = Files.createTempDirectory("threads");
            Path file = directory.resolve("dump.txt");
            try {
                Class<?> formats = Class.forName("com.sun.management.HotSpotDiagnosticMXBean$ThreadDumpFormat");
                Object text = formats.getField("TEXT_PLAIN").get(null);
                HotSpotDiagnosticMXBean.class
                        .getMethod("dumpThreads", String.class, formats)
                        .invoke(
                                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class),
                                file.toString(),
                                text);
                return Files.readString(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(directory);
            }
        } catch (IOException | ReflectiveOperationException e) {
            throw new AssertionError("the threads of this process cannot be listed", e);
        }
    }
}
