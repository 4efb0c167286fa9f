package dev.weft.grpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between a client and a server, hands bytes on, and can stop: then neither hears of the other, nor of an end. */
final class BlackHole implements AutoCloseable {
    private final ServerSocket listening;
    private final InetSocketAddress server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile boolean swallowing;

    BlackHole(InetSocketAddress server) {
        this.server = server;
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

    /** From now on whatever comes is swallowed, in both directions. */
    void swallow() {
        swallowing = true;
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "black-hole");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket onward = new Socket(server.getAddress(), server.getPort());
                open.add(client);
                open.add(onward);
                daemon(() -> pump(client, onward));
                daemon(() -> pump(onward, client));
            }
        } catch (IOException e) {
            return;
        }
    }

    private void pump(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] some = new byte[8192];
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                if (!swallowing) {
                    out.write(some, 0, read);
                }
            }
        } catch (IOException e) {
            return;
        }
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
