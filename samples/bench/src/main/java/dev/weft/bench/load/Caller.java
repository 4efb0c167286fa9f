package dev.weft.bench.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request, and the next when the last is answered, or at its time if that is later, until told to stop. Used by one
 * thread at a time: its own for a client that blocks, else that of each answer.
 */
final class Caller implements Client.Done {
    private static final long LONGEST_NANOS = 60_000_000_000L;

    private final Client client;
    private final long gapNanos;
    private final CountDownLatch ended;
    private final AtomicReference<@Nullable Throwable> firstFailure;
    private final Histogram nanos = new Histogram(LONGEST_NANOS, 3);
    private long failures;
    private long sentNanos;
    private volatile boolean stop;

    /**
     * @param gapNanos from one request to the next, of a client that blocks; 0 for no rest
     * @param ended told once when it has stopped
     */
    Caller(Client client, long gapNanos, CountDownLatch ended, AtomicReference<@Nullable Throwable> firstFailure) {
        this.client = client;
        this.gapNanos = gapNanos;
        this.ended = ended;
        this.firstFailure = firstFailure;
    }

    /** Calls until told to stop; returns then if the client blocks, and at once if not. */
    void run() {
        long dueNanos = System.nanoTime();
        do {
            send();
            dueNanos += gapNanos;
            LockSupport.parkNanos(gapNanos == 0 ? 0 : dueNanos - System.nanoTime());
        } while (client.blocking() && !stop);
        if (client.blocking()) {
            ended.countDown();
        }
    }

    private void send() {
        sentNanos = System.nanoTime();
        client.call(this);
    }

    @Override
    public void done(@Nullable Throwable failure) {
        if (failure == null) {
            nanos.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - sentNanos));
        } else {
            failures++;
            firstFailure.compareAndSet(null, failure);
        }
        if (client.blocking()) {
            return;
        }
        if (stop) {
            ended.countDown();
        } else {
            send();
        }
    }

    void stop() {
        stop = true;
    }

    /** To be read when it has ended. */
    Histogram latencies() {
        return nanos;
    }

    /** To be read when it has ended. */
    long failures() {
        return failures;
    }
}
