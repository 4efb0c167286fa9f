package dev.weft.grpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Listens on a loopback socket, and gives each connection a thread. What is closed with it ends without a word. */
final class Acceptor implements AutoCloseable {
    private final ServerSocket listening;
    private final Talk talk;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /** What is done over a connection. */
    interface Talk {
        void over(Socket socket) throws IOException;
    }

    Acceptor(Talk talk) {
        this.talk = talk;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    private void accept() throws IOException {
        while (true) {
            Socket socket = listening.accept();
            closes(socket);
            daemon(() -> talk.over(socket));
        }
    }

    /** That socket is closed with it as well. */
    void closes(Socket socket) {
        open.add(socket);
    }

    /** Runs until the sockets are closed on which it works. */
    static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        return;
                    }
                },
                "acceptor");
        thread.setDaemon(true);
        thread.start();
    }

    interface Work {
        void run() throws IOException;
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
