package dev.weft.bench.load;

/**
 * What one kind of client did in one round.
 *
 * @param requests answered
 * @param failures not answered
 * @param nanos how long it ran
 * @param cpuNanos of the client's process, its compiler and collector included
 * @param proxyNanos CPU of the proxies between client and server
 * @param bytes allocated by all of the client's threads
 * @param p50Nanos half of the answers were faster
 * @param p99Nanos all but one in a hundred were
 */
record Sample(
        long requests,
        long failures,
        long nanos,
        long cpuNanos,
        long proxyNanos,
        long bytes,
        long p50Nanos,
        long p99Nanos) {

    /** Client and proxies, microseconds per request. */
    double cpu() {
        return (cpuNanos + proxyNanos) / 1e3 / Math.max(1, requests);
    }

    double bytesPerRequest() {
        return (double) bytes / Math.max(1, requests);
    }

    double perSecond() {
        return requests * 1e9 / nanos;
    }

    Sample with(long proxyCpuNanos) {
        return new Sample(requests, failures, nanos, cpuNanos, proxyCpuNanos, bytes, p50Nanos, p99Nanos);
    }

    /** One line, read back by {@link #parse}. */
    String line() {
        return String.join(
                " ",
                "" + requests,
                "" + failures,
                "" + nanos,
                "" + cpuNanos,
                "" + proxyNanos,
                "" + bytes,
                "" + p50Nanos,
                "" + p99Nanos);
    }

    static Sample parse(String line) {
        String[] words = line.trim().split(" ", -1);
        long[] n = new long[8];
        for (int i = 0; i < n.length; i++) {
            n[i] = Long.parseLong(words[i]);
        }
        return new Sample(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]);
    }
}
