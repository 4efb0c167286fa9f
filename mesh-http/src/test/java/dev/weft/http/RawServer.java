package dev.weft.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that does to each connection what the test wants, however bad. */
final class RawServer implements AutoCloseable {
    private final ServerSocket server;
    private final Manners manners;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger closedByClient = new AtomicInteger();

    /** How it treats a connection. */
    interface Manners {
        void treat(Peer peer) throws IOException, InterruptedException;
    }

    RawServer(Manners manners) {
        this.manners = manners;
        try {
            this.server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Requests that were read to their end. */
    int requests() {
        return requests.get();
    }

    int connections() {
        return sockets.size();
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                daemon(() -> treat(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void treat(Socket socket) {
        try (socket) {
            manners.treat(new Peer(socket));
        } catch (IOException e) {
            closedByClient.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "raw-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        stop();
    }

    /** Frees the port and breaks all connections. */
    void stop() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The client at the other end. */
    final class Peer {
        final Socket socket;
        private final BufferedReader in;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        /** Reads one whole request. */
        void readRequest() throws IOException {
            read(readHead());
            requests.incrementAndGet();
        }

        /** Reads up to the body, and says how long that will be. */
        int readHead() throws IOException {
            int length = 0;
            for (String line = in.readLine(); !"".equals(line); line = in.readLine()) {
                if (line == null) {
                    throw new IOException("closed");
                }
                if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(line.substring(15).trim());
                }
            }
            return length;
        }

        String read(int length) throws IOException {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("closed");
                }
                text.append((char) next);
            }
            return text.toString();
        }

        /** The next byte as a number. */
        int read() throws IOException {
            return in.read();
        }

        void mark() throws IOException {
            in.mark(1);
        }

        void backToMark() throws IOException {
            in.reset();
        }

        void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        }

        void ok(String body) throws IOException {
            write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        }

        /** RST instead of FIN. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** A byte now and then, until the client closes. */
        void trickle() throws IOException, InterruptedException {
            CountDownLatch never = new CountDownLatch(1);
            while (!never.await(20, TimeUnit.MILLISECONDS)) {
                write("x");
            }
        }

        /** Until the client closes. */
        void silence() throws IOException {
            for (int read = 0; read >= 0; ) {
                read = in.read();
            }
        }
    }
}
