package dev.weft.identity;

import dev.weft.time.Time;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log of clients that were refused: the client cannot know why, and the server's own code never hears of a
 * handshake that failed. At most one line in ten seconds, so that nobody fills our disk by knocking. Thread-safe.
 */
final class Refusals {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Time time;
    private final AtomicLong next;
    private final AtomicLong untold = new AtomicLong();

    Refusals(Time time) {
        this.time = time;
        this.next = new AtomicLong(time.nanos());
    }

    void tell(PeerRefused refused) {
        long now = time.nanos();
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + QUIET_NANOS)) {
            untold.incrementAndGet();
            return;
        }
        long before = untold.getAndSet(0);
        log.warn("{}{}", refused.getMessage(), before == 0 ? "" : " (" + before + " more since the last such line)");
    }
}
