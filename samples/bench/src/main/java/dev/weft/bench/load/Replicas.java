package dev.weft.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocket;

/**
 * The servers of a measurement, in a process of their own: four ports, each answering every request with 128 bytes
 * from memory on a connection that stays. As cheap as Java can be: a read, a look for the blank line, a write.
 */
public final class Replicas {
    static final int PORTS = 4;

    private static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 128\r\n\r\n"
                    + "x".repeat(128))
            .getBytes(StandardCharsets.US_ASCII);

    private Replicas() {}

    /**
     * Prints its ports, and serves until standard input ends.
     *
     * @param args {@code tls} for mTLS
     */
    public static void main(String[] args) throws IOException {
        StringJoiner ports = new StringJoiner(" ");
        ServerSocketFactory sockets =
                args.length > 0 ? Certificates.shared().server() : ServerSocketFactory.getDefault();
        for (ServerSocket listening : listen(sockets)) {
            ports.add(Integer.toString(listening.getLocalPort()));
        }
        System.out.println(ports);
        Child.untilTold();
    }

    private static List<ServerSocket> listen(ServerSocketFactory sockets) throws IOException {
        List<ServerSocket> all = new ArrayList<>();
        for (int i = 0; i < PORTS; i++) {
            ServerSocket listening = sockets.createServerSocket(0, 1024, InetAddress.getLoopbackAddress());
            if (listening instanceof SSLServerSocket tls) {
                tls.setNeedClientAuth(true);
            }
            all.add(listening);
            thread(() -> accept(listening));
        }
        return all;
    }

    private static void accept(ServerSocket listening) {
        while (true) {
            try {
                Socket socket = listening.accept();
                thread(() -> serve(socket));
            } catch (IOException e) {
                throw new IllegalStateException("a replica accepts no more", e);
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            byte[] head = new byte[8192];
            int filled = 0;
            while (filled < head.length) {
                int read = in.read(head, filled, head.length - filled);
                if (read < 0) {
                    return;
                }
                filled += read;
                if (complete(head, filled)) {
                    filled = 0;
                    out.write(ANSWER);
                }
            }
        } catch (SocketException e) {
            // The client was ended.
            return;
        } catch (IOException e) {
            throw new IllegalStateException("a replica lost a connection", e);
        }
    }

    /** Whether the head ends here; requests have no body, and none comes before the last was answered. */
    private static boolean complete(byte[] head, int filled) {
        return filled >= 4 && head[filled - 4] == '\r' && head[filled - 2] == '\r' && head[filled - 1] == '\n';
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "replica");
        thread.setDaemon(true);
        thread.start();
    }
}
