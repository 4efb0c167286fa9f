package dev.weft.health;

import dev.weft.policy.Policy;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * What policy says of a service's checks.
 *
 * @param bad failures in a row that make a node unhealthy
 * @param good successes in a row that make it healthy again
 */
record Plan(HealthCheck kind, String path, String service, long intervalNanos, long timeoutNanos, int bad, int good) {
    /** Checks that begin at once are this far apart. */
    private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double JITTER = 0.2;
    private static final int MAX_DOUBLINGS = 20;

    static Plan of(Policy policy) {
        return new Plan(
                policy.get(HealthLayer.CHECK),
                policy.get(HealthLayer.PATH),
                policy.get(HealthLayer.SERVICE),
                policy.get(HealthLayer.INTERVAL).toNanos(),
                policy.get(HealthLayer.TIMEOUT).toNanos(),
                policy.get(HealthLayer.BAD),
                policy.get(HealthLayer.GOOD));
    }

    /** Whether nodes go on telling by themselves, and need not be asked again and again. */
    boolean watches() {
        return kind == HealthCheck.GRPC;
    }

    /** Of so many nodes that are new: some time within which all of them are asked, and no faster than is good. */
    long first(int nodes, RandomGenerator random) {
        return random.nextLong(1 + Math.min(intervalNanos, nodes * APART_NANOS));
    }

    long next(RandomGenerator random) {
        return jittered(intervalNanos, random);
    }

    /** To a watch that has ended: soon where it told something for a while (gRFC A17), else later with each failure. */
    long again(boolean lasted, int failures, RandomGenerator random) {
        long pause = lasted ? APART_NANOS * 10 : RETRY_NANOS << Math.min(failures, MAX_DOUBLINGS);
        return jittered(Math.min(intervalNanos, pause), random);
    }

    private static long jittered(long nanos, RandomGenerator random) {
        return (long) (nanos * (1 - JITTER + 2 * JITTER * random.nextDouble()));
    }
}
