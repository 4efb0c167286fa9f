package dev.weft.http;

import dev.weft.endpoint.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import javax.net.SocketFactory;

/**
 * Sockets that go to one node's port, whatever port the URL names: the URL keeps the name of the service, and with it
 * Host, SNI and what certificates are checked against.
 */
final class NodeSockets extends SocketFactory {
    private final int port;
    private final int handshakeMillis;

    /** @param handshakeMillis how long a peer may be silent until OkHttp sets what holds for requests */
    NodeSockets(int port, int handshakeMillis) {
        this.port = port;
        this.handshakeMillis = handshakeMillis;
    }

    @Override
    public Socket createSocket() {
        return new NodeSocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw connected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
        throw connected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw connected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        throw connected();
    }

    private static UnsupportedOperationException connected() {
        return new UnsupportedOperationException("OkHttp connects its sockets by itself");
    }

    private final class NodeSocket extends Socket {
        @Override
        public void connect(SocketAddress named, int timeoutMillis) throws IOException {
            InetAddress address = ((InetSocketAddress) named).getAddress();
            try {
                super.connect(new InetSocketAddress(address, port), timeoutMillis);
            } catch (ConnectException | NoRouteToHostException | SocketTimeoutException e) {
                throw Unconnected.to(Endpoint.of(address.getHostAddress(), port).address(), e);
            }
            setSoTimeout(handshakeMillis);
            // Else Nagle's algorithm holds the end of a larger body back until the other side's delayed ACK.
            setTcpNoDelay(true);
        }
    }
}
