package dev.weft.health;

import dev.weft.call.Cancellable;
import dev.weft.call.Prober;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.time.Time;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
        Endpoint to = node.endpoint();
        List<String> hosts = to.addresses().isEmpty() ? List.of(to.host()) : to.addresses();
        Map<String, Socket> sockets = new LinkedHashMap<>();
        hosts.forEach(host -> sockets.put(host, new Socket()));
        long timeoutNanos = policy.get(HealthLayer.TIMEOUT).toNanos();
        AtomicBoolean over = new AtomicBoolean();
        threads.execute(() -> {
            // Nobody waits any more for what has waited too long for a thread.
            if (!over.get()) {
                listener.ended(connect(sockets, to.port(), timeoutNanos, Time.system()));
            }
        });
        return () -> {
            over.set(true);
            sockets.values().forEach(TcpProber::close);
        };
    }

    /**
     * To one after the other, until one accepts; null then. Each has an equal part of the time that is left, so that one
     * that keeps silent leaves some to the next, and one that refuses at once all of its own.
     */
    static @Nullable String connect(Map<String, Socket> sockets, int port, long timeoutNanos, Time time) {
        long until = Time.plus(time.nanos(), timeoutNanos);
        int untried = sockets.size();
        StringJoiner refusals = new StringJoiner("; ", "no connection: ", "");
        for (Map.Entry<String, Socket> each : sockets.entrySet()) {
            try (Socket socket = each.getValue()) {
                InetSocketAddress address = new InetSocketAddress(each.getKey(), port);
                long part = TimeUnit.NANOSECONDS.toMillis((until - time.nanos()) / untried--);
                socket.connect(address, (int) Math.max(1, part));
                return null;
            } catch (IOException e) {
                refusals.add(e.getMessage());
            }
        }
        return refusals.toString();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("closing the socket of a health check failed", e);
        }
    }
}
