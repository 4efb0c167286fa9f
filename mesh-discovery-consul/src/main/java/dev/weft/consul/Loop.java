package dev.weft.consul;

import dev.weft.time.Chance;
import dev.weft.time.Time;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that takes the same step again and again: after the pause that the step asks for, at once when
 * woken, after a jittered back-off when it failed. Everything here that talks to Consul is such a loop.
 *
 * <p>Trouble is logged when it begins, when its reason changes and when it is over.
 */
final class Loop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Loop.class);
    private static final long CLOSE_MILLIS = TimeUnit.SECONDS.toMillis(5);

    /** What a loop does; all methods run on its thread, except {@link #cut}. */
    interface Work {
        /** Does it once and returns how many nanoseconds to wait before doing it again. */
        long step() throws IOException;

        /** The step failed, for this reason; it will be tried again. */
        void failed(String reason);

        /** Ends a request under way, because the loop closes; called by any thread. */
        void cut();

        /** The last act, after the last step. */
        default void end() {}
    }

    private final String name;
    private final Time time;
    private final Work work;
    private final Backoff backoff = new Backoff(Chance.perThread());
    private final Thread thread;
    private volatile boolean woken;
    private volatile boolean closed;
    private String trouble = "";

    Loop(String name, Time time, Work work) {
        this.name = name;
        this.time = time;
        this.work = work;
        this.thread = LoopThread.unstarted("weft-consul " + name, this::run);
    }

    void start() {
        thread.start();
    }

    boolean closed() {
        return closed;
    }

    /** Has the next step taken now. */
    void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            woken = false;
            long pause = step();
            // Nobody but close() has a say over this thread; a stray interrupt must not make it spin.
            boolean stray = Thread.interrupted();
            if (stray) {
                log.debug("{}: ignoring an interrupt", name);
            }
            time.park(() -> closed || woken, time.nanos() + pause);
        }
        guarded(work::end);
    }

    private long step() {
        try {
            long pause = work.step();
            backoff.reset();
            if (!trouble.isEmpty()) {
                trouble = "";
                log.info("{}: works again", name);
            }
            return pause;
        } catch (IOException | RuntimeException | Error e) {
            if (!closed) {
                String reason = reason(e);
                report(reason, e);
                guarded(() -> work.failed(reason));
            }
            return backoff.nextNanos();
        }
    }

    private void report(String reason, Throwable e) {
        if (!reason.equals(trouble)) {
            trouble = reason;
            if (e instanceof IOException) {
                log.warn("{}: {}; trying again", name, reason);
            } else {
                log.warn("{}: unexpected; trying again", name, e);
            }
        }
    }

    private static String reason(Throwable e) {
        return e instanceof ConsulException && e.getMessage() != null ? e.getMessage() : e.toString();
    }

    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            log.error("{}: a listener failed", name, e);
        }
    }

    /** Ends the loop and waits until its thread has ended, unless it is that thread which asks. */
    @Override
    public void close() {
        closed = true;
        work.cut();
        LockSupport.unpark(thread);
        if (thread == Thread.currentThread() || !thread.isAlive()) {
            return;
        }
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
