package dev.weft.consul;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes, once and in reverse order, what has been handed out. Thread-safe. */
final class Closing implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Closing.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final List<AutoCloseable> open = new ArrayList<>();
    private boolean closed;

    <T extends AutoCloseable> T add(T opened) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("this Consul is closed");
            }
            open.add(opened);
            return opened;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        List<AutoCloseable> closing;
        lock.lock();
        try {
            closed = true;
            closing = new ArrayList<>(open);
            open.clear();
        } finally {
            lock.unlock();
        }
        Collections.reverse(closing);
        for (AutoCloseable each : closing) {
            try {
                each.close();
            } catch (Exception e) {
                log.warn("closing {} failed", each, e);
            }
        }
    }
}
