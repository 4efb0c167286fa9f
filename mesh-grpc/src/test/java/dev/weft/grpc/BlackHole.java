package dev.weft.grpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Stands between a client and a server, hands bytes on, and can stop: then neither hears of the other, nor of an end. */
final class BlackHole implements AutoCloseable {
    private final InetSocketAddress server;
    private final Acceptor acceptor;
    private volatile boolean swallowing;

    BlackHole(InetSocketAddress server) {
        this.server = server;
        this.acceptor = new Acceptor(this::connect);
    }

    String address() {
        return acceptor.address();
    }

    /** From now on whatever comes is swallowed, in both directions. */
    void swallow() {
        swallowing = true;
    }

    private void connect(Socket client) throws IOException {
        Socket onward = new Socket(server.getAddress(), server.getPort());
        acceptor.closes(onward);
        Acceptor.daemon(() -> pump(onward, client));
        pump(client, onward);
    }

    private void pump(Socket from, Socket to) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] some = new byte[8192];
        for (int read = in.read(some); read >= 0; read = in.read(some)) {
            if (!swallowing) {
                out.write(some, 0, read);
            }
        }
    }

    @Override
    public void close() {
        acceptor.close();
    }
}
