package dev.weft.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** An address at which connections are neither made nor refused: a listener whose queue is full. */
public final class BlackHole implements AutoCloseable {
    /** Linux takes one more than the queue's length. */
    private static final int FILL = 3;

    private static final int SOON_MILLIS = 200;

    private final ServerSocket listener;
    private final List<Socket> waiting = new ArrayList<>();

    /**
     * @param address an IP address
     * @param port 0 for any
     */
    public BlackHole(String address, int port) {
        try {
            listener = new ServerSocket(port, 1, InetAddress.getByName(address));
            for (int i = 0; i < FILL; i++) {
                Socket filler = new Socket();
                waiting.add(filler);
                fill(filler);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void fill(Socket filler) {
        try {
            filler.connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()), SOON_MILLIS);
        } catch (IOException e) {
            // The queue was full before.
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() {
        try {
            for (Socket filler : waiting) {
                filler.close();
            }
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
