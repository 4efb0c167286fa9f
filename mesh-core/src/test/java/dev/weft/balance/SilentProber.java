package dev.weft.balance;

import dev.weft.call.Cancellable;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers no question, and counts them. Thread-safe. */
final class SilentProber implements LoadProber {
    final AtomicInteger asked = new AtomicInteger();
    final AtomicInteger givenUp = new AtomicInteger();

    @Override
    public Cancellable askLoad(Node node, Policy policy, long timeoutNanos, LoadListener listener) {
        asked.incrementAndGet();
        return givenUp::incrementAndGet;
    }
}
