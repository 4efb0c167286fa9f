package dev.weft.identity;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Answers each line with the same line, over TLS; tells what became of each handshake. */
final class LineServer implements AutoCloseable {
    private final ServerSocket listening;
    private final SSLSocketFactory sockets;
    private final BlockingQueue<Object> handshakes = new LinkedBlockingQueue<>();

    /** @param sockets of server mode, as from {@link ServerTls#socketFactory} */
    LineServer(SSLSocketFactory sockets) throws IOException {
        this.sockets = sockets;
        this.listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "line-server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket accepted = listening.accept();
                start(() -> serve(accepted));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket accepted) {
        try (Socket raw = accepted) {
            raw.setSoTimeout(30_000);
            SSLSocket socket =
                    (SSLSocket) sockets.createSocket(raw, raw.getInetAddress().getHostAddress(), raw.getPort(), true);
            socket.setUseClientMode(false);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            try {
                socket.startHandshake();
                handshakes.add(socket.getSession());
            } catch (IOException | RuntimeException e) {
                handshakes.add(e);
                throw e;
            }
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            OutputStream out = socket.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException | RuntimeException e) {
            // Told through handshakes, or the client went.
        }
    }

    /** What became of the next handshake: the session or the failure. */
    Object handshake() throws InterruptedException {
        Object found = handshakes.poll(20, TimeUnit.SECONDS);
        if (found == null) {
            throw new AssertionError("no handshake came to an end within 20 s");
        }
        return found;
    }

    SSLSession session() throws InterruptedException {
        Object found = handshake();
        if (found instanceof Throwable failure) {
            throw new AssertionError("the handshake failed", failure);
        }
        return (SSLSession) found;
    }

    Throwable failure() throws InterruptedException {
        return (Throwable) handshake();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
