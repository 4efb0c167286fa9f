package dev.weft.http;

import dev.weft.testkit.SoakContract;
import dev.weft.testkit.SoakContract.Mood;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A real server that is well or has one of several troubles, from one moment to the next. It reads requests without a body
 * and says little, so that a machine can have many of them answered.
 */
final class MoodyServer implements SoakContract.Server {
    private static final byte[] FINE = answer("200 OK", "");
    private static final byte[] FAILED = answer("500 Internal Server Error", "");
    private static final byte[] THROTTLED = answer("429 Too Many Requests", "Retry-After: 0\r\n");
    private static final int LONGEST_HEAD = 8_192;

    private final ServerSocket server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Mood mood = Mood.WELL;
    /** Down when the mood that it began with is over. */
    private volatile CountDownLatch over = new CountDownLatch(0);

    MoodyServer() throws IOException {
        thread(this::accept);
    }

    private static byte[] answer(String status, String header) {
        return ("HTTP/1.1 " + status + "\r\n" + header + "Content-Length: 4\r\n\r\nfine")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public int port() {
        return server.getLocalPort();
    }

    @Override
    public int connections() {
        return open.size();
    }

    @Override
    public void mood(Mood next) {
        CountDownLatch before = over;
        over = new CountDownLatch(1);
        mood = next;
        before.countDown();
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "moody-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                thread(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        byte[] head = new byte[LONGEST_HEAD];
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            boolean goesOn;
            do {
                goesOn = readHead(in, head) && answered(socket);
            } while (goesOn);
        } catch (IOException e) {
            return; // the client has broken off
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    /** One at a time: nobody sends a second before the first is answered. */
    private static boolean readHead(InputStream in, byte[] head) throws IOException {
        int size = 0;
        do {
            int read = in.read(head, size, head.length - size);
            if (read <= 0) {
                return false;
            }
            size += read;
        } while (size < 4 || head[size - 1] != '\n' || head[size - 2] != '\r' || head[size - 3] != '\n');
        return true;
    }

    private boolean answered(Socket socket) throws IOException, InterruptedException {
        if (mood == Mood.HANGS && !over.await(2, TimeUnit.SECONDS)) {
            return false;
        }
        switch (mood) {
            case BREAKS -> {
                return false;
            }
            case FAILS -> socket.getOutputStream().write(FAILED);
            case THROTTLES -> socket.getOutputStream().write(THROTTLED);
            case WELL, HANGS -> socket.getOutputStream().write(FINE);
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        mood(Mood.WELL);
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
