package dev.weft.http;

import dev.weft.time.Time;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.internal.concurrent.TaskRunner;
import okhttp3.internal.connection.ConnectionListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes connection pools that are cleaned up once in a while.
 *
 * <p>OkHttp wakes a thread after each answer to look through the pool for idle connections, which costs more CPU
 * than all of Weft's filters together. Here that thread rests at least {@link #PACE_MILLIS} between two looks; a
 * connection may outlive its keep-alive by as much.
 *
 * <p>This takes a constructor that OkHttp keeps to itself. Where it is not there (another release of OkHttp 5, or
 * the module path, which hides it), pools are OkHttp's own, and only slower.
 */
final class Housekeeping implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
    private static final long PACE_MILLIS = 1_000;

    private final @Nullable Quiet quiet;

    Housekeeping(Time time) {
        this.quiet = quiet(time);
    }

    private static @Nullable Quiet quiet(Time time) {
        try {
            Quiet made = new Quiet(time);
            made.pool(1, 1);
            return made;
        } catch (LinkageError e) {
            log.info("this OkHttp does not let its connection pools be cleaned up less often; they cost more CPU", e);
            return null;
        }
    }

    /** A pool that keeps up to {@code idle} connections for {@code keepAliveNanos}. */
    ConnectionPool pool(int idle, long keepAliveNanos) {
        return quiet != null
                ? quiet.pool(idle, keepAliveNanos)
                : new ConnectionPool(idle, keepAliveNanos, TimeUnit.NANOSECONDS);
    }

    /** Whether pools are cleaned up at our pace. */
    boolean isQuiet() {
        return quiet != null;
    }

    /** Ends the thread. Pools that are used on are no longer cleaned up. */
    @Override
    public void close() {
        if (quiet != null) {
            quiet.close();
        }
    }

    /** Alone in its class, so that a class that OkHttp does not have breaks nothing else. */
    private static final class Quiet implements TaskRunner.Backend {
        private final Time time;
        // One thread, which is gone when there is nothing to look after; what comes after the end is not wanted.
        private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
                0,
                1,
                PACE_MILLIS,
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                Threads.daemons("weft-http-connections"),
                new ThreadPoolExecutor.DiscardPolicy());
        private final TaskRunner runner = new TaskRunner(this, TaskRunner.Companion.getLogger());
        /** Guarded by the runner, which OkHttp holds whenever it calls here. */
        private boolean resting;

        Quiet(Time time) {
            this.time = time;
        }

        ConnectionPool pool(int idle, long keepAliveNanos) {
            return new ConnectionPool(
                    idle, keepAliveNanos, TimeUnit.NANOSECONDS, runner, ConnectionListener.Companion.getNONE());
        }

        @Override
        public long nanoTime() {
            return time.nanos();
        }

        /** Something is due at once, as OkHttp sees it. It is at the end of the pace. */
        @Override
        public void coordinatorNotify(TaskRunner taskRunner) {
            if (resting) {
                resting = false;
                taskRunner.notifyAll();
            }
        }

        @Override
        @SuppressWarnings("WaitNotInLoop") // OkHttp's loop is around it: it looks again at what is due
        public void coordinatorWait(TaskRunner taskRunner, long nanos) {
            long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
            try {
                if (millis > PACE_MILLIS) {
                    resting = true;
                    taskRunner.wait(millis - PACE_MILLIS);
                    resting = false;
                }
                taskRunner.wait(PACE_MILLIS);
            } catch (InterruptedException e) {
                resting = false; // nobody does; as good as a wake-up
            }
        }

        @Override
        public <T> BlockingQueue<T> decorate(BlockingQueue<T> queue) {
            return queue;
        }

        @Override
        public void execute(TaskRunner taskRunner, Runnable work) {
            thread.execute(work);
        }

        void close() {
            synchronized (runner) {
                runner.cancelAll();
                runner.notifyAll();
            }
            thread.shutdown();
        }
    }
}
