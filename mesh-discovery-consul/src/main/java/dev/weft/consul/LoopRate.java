package dev.weft.consul;

import java.util.concurrent.TimeUnit;

/**
 * Bounds how often one watch asks, by what the answers cost: a token bucket with debt.
 *
 * <p>Small answers may follow each other quickly, so that an edit of the policy takes effect at once; a list
 * of 5,000 instances that changes all the time is read about every four seconds after the first few, one of
 * 20,000 and more every fifteen. Confined to one thread.
 */
final class LoopRate {
    static final double BURST = 100;
    private static final double PER_NANO = 10.0 / TimeUnit.SECONDS.toNanos(1);
    private static final int BYTES_PER_TOKEN = 128 * 1024;
    private static final double DEAREST = 150;
    /** An answer without news; a server or proxy that does not block gets asked once a second. */
    private static final double NO_NEWS = 10;

    private double tokens = BURST;
    private long lastNanos;

    LoopRate(long nowNanos) {
        lastNanos = nowNanos;
    }

    /** Pays for an answer and says how long to wait before the next question. */
    long pay(long bytes, boolean news, long nowNanos) {
        tokens = Math.min(BURST, tokens + (nowNanos - lastNanos) * PER_NANO);
        lastNanos = nowNanos;
        tokens -= news ? Math.min(DEAREST, 1 + (double) bytes / BYTES_PER_TOKEN) : NO_NEWS;
        return tokens >= 0 ? 0 : (long) Math.ceil(-tokens / PER_NANO);
    }
}
