package dev.weft.simulator.measure;

import dev.weft.call.Fate;
import dev.weft.simulator.scenario.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * Counts what happens. Times are nanoseconds since the world began; what began before the scenario's {@code from} counts
 * for what is shown over time only.
 */
public final class Tally {
    private static final int DIGITS = 3;
    private static final long SECOND_NANOS = 1_000_000_000;

    private final long from;
    private final long until;
    private final int[] serviceOf;

    final Histogram latency = new Histogram(DIGITS);
    final List<Histogram> latencyBySecond = new ArrayList<>();
    final Map<Fate, Long> fates = new EnumMap<>(Fate.class);
    final long[] attemptsOf;
    final Buckets started = new Buckets();
    final Buckets startedAndSucceeded = new Buckets();
    final Buckets succeeded = new Buckets();
    /** Attempts by service. */
    final List<Buckets> attempts = new ArrayList<>();
    /** Attempts by server. */
    final List<Moments> attemptsAt = new ArrayList<>();

    long requests;
    long top;
    long topSucceeded;
    long firstAttempts;
    /** Second legs; negative where nobody tells. */
    long hedges;

    long refused;
    long served;
    long unwanted;
    long rejected;
    long slowestRejection;
    long open;

    /**
     * @param serviceOf the index of the service of each server
     * @param tellsHedges whether hedges are told of; real servers cannot know them
     */
    public Tally(Scenario scenario, int[] serviceOf, boolean tellsHedges) {
        this.hedges = tellsHedges ? 0 : -1;
        this.from = scenario.fromNanos();
        this.until = scenario.durationNanos();
        this.serviceOf = serviceOf;
        this.attemptsOf = new long[scenario.services().size()];
        for (int i = 0; i < attemptsOf.length; i++) {
            attempts.add(new Buckets());
        }
        for (int i = 0; i < serviceOf.length; i++) {
            attemptsAt.add(new Moments());
        }
    }

    int serviceOf(int server) {
        return serviceOf[server];
    }

    long serversOf(int service) {
        return Arrays.stream(serviceOf).filter(each -> each == service).count();
    }

    private boolean counts(long moment) {
        return moment >= from && moment < until;
    }

    /** A client begins a request. */
    public void started(long now) {
        open++;
        started.add(now);
    }

    /**
     * It has ended.
     *
     * @param attempts how many were made
     * @param highest whether it is of the highest criticality
     */
    public void ended(long began, long now, Fate fate, int attempts, boolean highest) {
        open--;
        boolean well = fate.success();
        if (well) {
            succeeded.add(now);
            startedAndSucceeded.add(began);
            bySecond(began).recordValue(micros(now - began));
        }
        if (!counts(began)) {
            return;
        }
        requests++;
        fates.merge(fate, 1L, Long::sum);
        if (well) {
            latency.recordValue(micros(now - began));
        }
        if (highest) {
            top++;
            topSucceeded += well ? 1 : 0;
        }
        if (attempts == 0 || fate.name().startsWith("REJECTED")) {
            rejected++;
            slowestRejection = Math.max(slowestRejection, now - began);
        }
    }

    /** An attempt goes out to a server. */
    public void attempt(int server, long now) {
        int service = serviceOf[server];
        attempts.get(service).add(now);
        attemptsAt.get(server).add(now);
        if (counts(now)) {
            attemptsOf[service]++;
        }
    }

    /** The attempt that goes out to a server goes out beside another of its call. */
    public void hedge(int server, long now) {
        if (counts(now) && serviceOf[server] == 0) {
            hedges++;
        }
    }

    /** A server refused a connect. */
    public void refused(long now) {
        refused += counts(now) ? 1 : 0;
    }

    /** A server has an answer. */
    public void served(long now, boolean wanted) {
        if (counts(now)) {
            served++;
            unwanted += wanted ? 0 : 1;
        }
    }

    /** Requests that have not ended. */
    public long open() {
        return open;
    }

    private Histogram bySecond(long moment) {
        int second = (int) (moment / SECOND_NANOS);
        while (latencyBySecond.size() <= second) {
            latencyBySecond.add(new Histogram(2));
        }
        return latencyBySecond.get(second);
    }

    private static long micros(long nanos) {
        return Math.max(0, nanos / 1000);
    }
}
