package dev.weft.identity;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** One connection to a {@link LineServer}, opened as OkHttp does it: over a connected socket, ALPN set by parameters. */
final class LineClient implements AutoCloseable {
    private final SSLSocket socket;
    private final BufferedReader in;

    LineClient(SSLSocketFactory sockets, int port) throws IOException {
        this(sockets, port, "TLSv1.3", "TLSv1.2");
    }

    LineClient(SSLSocketFactory sockets, int port, String... protocols) throws IOException {
        Socket raw = new Socket(InetAddress.getLoopbackAddress(), port);
        try {
            raw.setSoTimeout(30_000);
            socket = (SSLSocket) sockets.createSocket(raw, "127.0.0.1", port, true);
            socket.setEnabledProtocols(protocols);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
        } catch (IOException | RuntimeException e) {
            raw.close();
            throw e;
        }
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Sends a line and waits for it to come back. */
    void exchange(String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        String back = in.readLine();
        if (!line.equals(back)) {
            throw new EOFException("sent '" + line + "', got '" + back + "'");
        }
    }

    SSLSession session() {
        return socket.getSession();
    }

    SSLSocket socket() {
        return socket;
    }

    /** What a connection and one exchange end with, if they fail. */
    static Throwable failure(SSLSocketFactory sockets, int port) {
        try (LineClient client = new LineClient(sockets, port)) {
            client.exchange("hello");
            throw new AssertionError("the exchange did not fail");
        } catch (IOException | RuntimeException e) {
            return e;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
