package dev.weft.balance;

import dev.weft.bench.stack.Heap;
import dev.weft.bench.stack.Nodes;
import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import dev.weft.time.Time;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the cost of each balancer grows with the endpoints: a pick with its accounting, a change of the list with all that
 * comes of it, and the memory kept. Processor time, the best of some rounds, so that a busy machine does less harm. In the
 * balancers' own package, to reach them.
 */
public final class BalancerTable {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int[] SIZES = {10, 100, 1_000, 10_000};
    private static final int ROUNDS = 12;
    private static final int PICKS = 100_000;
    private static final int KEPT = 20;

    /** So that nothing is done in vain, or collected. */
    private static volatile @Nullable Object kept;

    private BalancerTable() {}

    /** @param only of the kinds, those whose name contains it */
    public static void print(String only) {
        System.out.println("| kind | endpoints | pick, ns | update, us | bytes kept per endpoint |");
        System.out.println("| --- | --- | --- | --- | --- |");
        for (BalancerKind kind : BalancerKind.values()) {
            if (!kind.name().contains(only)) {
                continue;
            }
            for (int size : SIZES) {
                System.out.println(row(kind, size));
            }
        }
        for (int size : SIZES) {
            long bytes = kept(() -> kept = new Nodes(size));
            System.out.printf(Locale.ROOT, "%n%d endpoints themselves: %.0f bytes each", size, (double) bytes / size);
        }
        System.out.println();
    }

    private static String row(BalancerKind kind, int size) {
        Nodes made = new Nodes(size);
        Pipeline pipeline = Pipeline.of(0.5);
        Balancer balancer = kind.balancer(new Tuning(TimeUnit.SECONDS.toNanos(10), new SlowStart(0), made.random()));
        Supplier<Picker> update =
                () -> GroupPicker.of(pipeline.select(made.all()).used(), balancer, ThreadLocalRandom.current());
        Members members = members(made, pipeline, balancer);
        Call attempt = Nodes.attempt();
        long pick = best(PICKS, () -> {
            Node node = Objects.requireNonNull(members.pick(attempt));
            node.attemptStarted();
            node.attemptEnded();
        });
        long change = best(Math.max(5, 2_000 / size), () -> kept = update.get());
        long bytes = kept(() -> {
            Picker[] pickers = new Picker[KEPT];
            Arrays.setAll(pickers, i -> update.get());
            kept = pickers;
        });
        return String.format(
                Locale.ROOT,
                "| %s | %d | %.1f | %.1f | %.0f |",
                kind,
                size,
                pick / 1_000.0,
                change / 1_000_000.0,
                (double) bytes / KEPT / size);
    }

    /** All that a pick of a call goes through, as a mesh has it. */
    static Members members(Nodes nodes, Pipeline pipeline, Balancer balancer) {
        return new Members(
                nodes.cluster(), Time.system(), nodes.random(), balancer, pipeline, new Spares(nodes.random()), null);
    }

    /** Picoseconds of processor time each. */
    private static long best(int times, Runnable work) {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long from = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            best = Math.min(best, (THREADS.getCurrentThreadCpuTime() - from) * 1_000 / times);
        }
        return best;
    }

    private static long kept(Runnable work) {
        kept = null;
        long before = Heap.used();
        work.run();
        return Math.max(0, Heap.used() - before);
    }
}
