package dev.weft.health;

import dev.weft.call.Cancellable;
import dev.weft.call.Prober;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects, and hangs up. Looking up a name and connecting block a thread; of these there are few in a process, however
 * many checks there are and however long a look-up takes.
 */
final class TcpProber implements Prober {
    static final TcpProber INSTANCE = new TcpProber();

    private static final Logger log = LoggerFactory.getLogger(TcpProber.class);
    private static final int MOST_THREADS = 64;
    private static final int IDLE_SECONDS = 10;

    private final Executor threads = threads();

    private TcpProber() {}

    private static Executor threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                MOST_THREADS, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "weft-health");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    @Override
    public Cancellable probe(Node node, Policy policy, Listener listener) {
        Socket socket = new Socket();
        int timeoutMillis = (int) policy.get(HealthLayer.TIMEOUT).toMillis();
        threads.execute(() -> {
            // Nobody waits any more for what has waited too long for a thread.
            if (!socket.isClosed()) {
                listener.ended(connect(socket, node.endpoint(), timeoutMillis));
            }
        });
        return () -> close(socket);
    }

    private static @Nullable String connect(Socket socket, Endpoint to, int timeoutMillis) {
        try (socket) {
            socket.connect(new InetSocketAddress(to.host(), to.port()), timeoutMillis);
            return null;
        } catch (IOException e) {
            return "no connection: " + e.getMessage();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("closing the socket of a health check failed", e);
        }
    }
}
