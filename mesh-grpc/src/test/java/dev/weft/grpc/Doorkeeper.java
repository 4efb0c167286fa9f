package dev.weft.grpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Takes connections, does with a TLS hello what it is told to, and leads whatever else comes to a server behind it. */
final class Doorkeeper implements AutoCloseable {
    private static final int HELLO = 0x16;

    final AtomicInteger hellos = new AtomicInteger();
    private final Acceptor door;
    private final @Nullable InetSocketAddress server;
    private final OnHello onHello;

    /** What is done with a connection on which TLS begins. */
    interface OnHello {
        void treat(Socket client) throws IOException;

        /** Nothing, for as long as the client likes. */
        static void wait(Socket client) throws IOException {
            InputStream in = client.getInputStream();
            for (int read = 0; read >= 0; ) {
                read = in.read();
            }
        }

        /** RST instead of FIN. */
        static void reset(Socket client) throws IOException {
            client.setSoLinger(true, 0);
            client.close();
        }
    }

    /** @param server null where whatever comes is treated as a hello, of which nothing has been read */
    Doorkeeper(@Nullable InetSocketAddress server, OnHello onHello) {
        this.server = server;
        this.onHello = onHello;
        this.door = new Acceptor(this::treat);
    }

    String address() {
        return door.address();
    }

    private void treat(Socket client) throws IOException {
        try (client) {
            InetSocketAddress onward = server;
            PushbackInputStream in = new PushbackInputStream(client.getInputStream());
            if (onward != null) {
                int first = in.read();
                in.unread(first);
                if (first != HELLO) {
                    lead(client, in, onward);
                    return;
                }
            }
            hellos.incrementAndGet();
            onHello.treat(client);
        }
    }

    private void lead(Socket client, InputStream in, InetSocketAddress onward) throws IOException {
        try (Socket inside = new Socket(onward.getAddress(), onward.getPort())) {
            door.closes(inside);
            Acceptor.daemon(() -> pump(inside.getInputStream(), client.getOutputStream()));
            pump(in, inside.getOutputStream());
        }
    }

    private static void pump(InputStream in, OutputStream out) throws IOException {
        byte[] some = new byte[8192];
        for (int read = in.read(some); read >= 0; read = in.read(some)) {
            out.write(some, 0, read);
            out.flush();
        }
    }

    @Override
    public void close() {
        door.close();
    }
}
