package dev.weft.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** A socket factory that may be kept for ever: each socket is made from what holds at that moment. */
final class MeshSockets extends SSLSocketFactory {
    private final Fresh fresh;
    private final Prepare prepare;
    private final SSLSocketFactory able;

    /** @param able says which cipher suites there are */
    MeshSockets(Fresh fresh, Prepare prepare, SSLSocketFactory able) {
        this.fresh = fresh;
        this.prepare = prepare;
        this.able = able;
    }

    private Socket prepared(Socket socket) {
        prepare.socket((SSLSocket) socket);
        return socket;
    }

    @Override
    public Socket createSocket(Socket connected, String host, int port, boolean autoClose) throws IOException {
        return prepared(fresh.factory().createSocket(connected, host, port, autoClose));
    }

    @Override
    public Socket createSocket() throws IOException {
        return prepared(fresh.factory().createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return prepared(fresh.factory().createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return prepared(fresh.factory().createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return prepared(fresh.factory().createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return prepared(fresh.factory().createSocket(host, port, localHost, localPort));
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return able.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return able.getSupportedCipherSuites();
    }

    /** The factory of a context that no other socket has used. */
    interface Fresh {
        SSLSocketFactory factory() throws IOException;
    }

    /** What is done to each socket before it is handed out. */
    interface Prepare {
        void socket(SSLSocket socket);
    }
}
