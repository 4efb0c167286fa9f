package dev.weft.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A real server that is well or has one of several troubles, from one moment to the next. */
final class MoodyServer implements AutoCloseable {
    enum Mood {
        WELL,
        /** Answers 500. */
        FAILS,
        /** Answers 429 and names a time. */
        THROTTLES,
        /** Breaks connections off. */
        BREAKS,
        /** Answers nothing as long as it is so. */
        HANGS
    }

    private static final byte[] BODY = "fine".getBytes(StandardCharsets.US_ASCII);

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final HttpServer server;
    private volatile Mood mood = Mood.WELL;
    /** Down when the mood that it began with is over. */
    private volatile CountDownLatch over = new CountDownLatch(0);

    MoodyServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(workers);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    void mood(Mood next) {
        CountDownLatch before = over;
        over = new CountDownLatch(1);
        mood = next;
        before.countDown();
    }

    private void answer(HttpExchange exchange) throws IOException {
        if (mood == Mood.HANGS) {
            CountDownLatch end = over;
            try {
                if (!end.await(2, TimeUnit.SECONDS)) {
                    exchange.close();
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        switch (mood) {
            case BREAKS -> throw new IOException("breaks off");
            case FAILS -> say(exchange, 500);
            case THROTTLES -> {
                exchange.getResponseHeaders().add("Retry-After", "0");
                say(exchange, 429);
            }
            case WELL, HANGS -> say(exchange, 200);
        }
    }

    private static void say(HttpExchange exchange, int status) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, BODY.length);
            exchange.getResponseBody().write(BODY);
        }
    }

    @Override
    public void close() {
        mood(Mood.WELL);
        server.stop(0);
        workers.shutdownNow();
    }
}
