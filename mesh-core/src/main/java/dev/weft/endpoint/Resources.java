package dev.weft.endpoint;

import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What transports keep for a node while it is called: connections. Thread-safe; looked up without a lock. */
final class Resources {
    private static final Object[] NONE = {};

    private final ReentrantLock lock = new ReentrantLock();
    // Owner and resource in turn. Copy on write under the lock; at most one pair per transport, so a scan beats a map.
    private volatile Object[] kept = NONE;

    /** What {@code owner} keeps, made on first use. */
    @SuppressWarnings("unchecked")
    <T extends AutoCloseable> T of(Object owner, Supplier<T> make) {
        Object found = find(owner);
        if (found == null) {
            lock.lock();
            try {
                found = find(owner);
                if (found == null) {
                    found = make.get();
                    Object[] grown = Arrays.copyOf(kept, kept.length + 2);
                    grown[grown.length - 2] = owner;
                    grown[grown.length - 1] = found;
                    kept = grown;
                }
            } finally {
                lock.unlock();
            }
        }
        return (T) found;
    }

    private @Nullable Object find(Object owner) {
        Object[] seen = kept;
        for (int i = 0; i < seen.length; i += 2) {
            if (seen[i] == owner) {
                return seen[i + 1];
            }
        }
        return null;
    }

    /** Closes all, unless {@code idle} is no longer true. */
    void closeIf(BooleanSupplier idle, Node node) {
        Object[] closing;
        lock.lock();
        try {
            closing = kept;
            kept = NONE;
            if (!idle.getAsBoolean()) {
                // An attempt or a check that began meanwhile may have found them. One that begins from now on makes its
                // own.
                kept = closing;
                return;
            }
        } finally {
            lock.unlock();
        }
        for (int i = 1; i < closing.length; i += 2) {
            try {
                ((AutoCloseable) closing[i]).close();
            } catch (Exception e) {
                LoggerFactory.getLogger(Node.class).warn("{}: closing its connections failed", node, e);
            }
        }
    }
}
