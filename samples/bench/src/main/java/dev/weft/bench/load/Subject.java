package dev.weft.bench.load;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The process in which one kind of client runs, alone, as it would in production: its own code, compiled for it only.
 * Reads lines {@code callers millis}, does so, and answers each with a {@link Sample}.
 */
public final class Subject {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Subject() {}

    /**
     * Answers lines {@code callers millis} with a {@link Sample}, when the compiler has done what there was for it to do; with
     * a third word, {@code cold}, at once, and its CPU time is all that the process has used since its start; a fourth is how
     * many requests all callers together send each second, where they do not send as many as they can.
     *
     * @param args the name of the client, then the addresses to call
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        // Every service has its log before it has its first client.
        LoggerFactory.getLogger(Subject.class).debug("measures {}", args[0]);
        Client client = Kind.named(args[0]).make(List.of(args).subList(1, args.length));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        String line;
        while ((line = in.readLine()) != null) {
            String[] words = line.split(" ", -1);
            boolean cold = words.length > 2;
            long cpuBefore = cold ? 0 : PROCESS.getProcessCpuTime();
            int callers = Integer.parseInt(words[0]);
            long gapNanos = words.length > 3 ? TimeUnit.SECONDS.toNanos(callers) / Long.parseLong(words[3]) : 0;
            Sample sample = run(client, callers, gapNanos, Long.parseLong(words[1]), cpuBefore);
            if (!cold) {
                CompilerRest.await();
            }
            System.out.println(sample.line());
        }
        System.exit(0);
    }

    private static Sample run(Client client, int count, long gapNanos, long millis, long cpuBefore)
            throws InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        CountDownLatch ended = new CountDownLatch(count);
        CountDownLatch counted = new CountDownLatch(1);
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            callers.add(new Caller(client, gapNanos, ended, failure));
        }
        Map<Long, Long> bytesBefore = bytes();
        long start = System.nanoTime();
        for (Caller caller : callers) {
            if (client.blocking()) {
                start(caller, counted);
            } else {
                caller.run();
            }
        }
        // The time of measuring: nobody ends before being told to.
        if (ended.await(millis, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("all callers ended by themselves");
        }
        callers.forEach(Caller::stop);
        ended.await();
        long nanos = System.nanoTime() - start;
        long cpu = PROCESS.getProcessCpuTime() - cpuBefore;
        long bytes = 0;
        for (Map.Entry<Long, Long> thread : bytes().entrySet()) {
            bytes += thread.getValue() - bytesBefore.getOrDefault(thread.getKey(), 0L);
        }
        counted.countDown();
        Histogram all = new Histogram(3);
        callers.forEach(caller -> all.add(caller.latencies()));
        long failures = callers.stream().mapToLong(Caller::failures).sum();
        Throwable first = failure.get();
        if (first != null) {
            first.printStackTrace();
        }
        return new Sample(
                all.getTotalCount(),
                failures,
                nanos,
                cpu,
                0,
                bytes,
                all.getValueAtPercentile(50),
                all.getValueAtPercentile(99));
    }

    /** What a thread allocated is known only while it lives, so callers stay until that was read. */
    private static void start(Caller caller, CountDownLatch counted) {
        new Thread(
                        () -> {
                            caller.run();
                            try {
                                counted.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "caller")
                .start();
    }

    private static Map<Long, Long> bytes() {
        Map<Long, Long> bytes = new HashMap<>();
        for (long id : THREADS.getAllThreadIds()) {
            bytes.put(id, Math.max(0, THREADS.getThreadAllocatedBytes(id)));
        }
        return bytes;
    }
}
