package dev.weft.http;

import dev.weft.call.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import javax.net.ssl.SSLException;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** How far an attempt got on the wire, as OkHttp tells it, and what its failure means by that. */
abstract class Progress extends EventListener {
    private volatile boolean connecting;
    private boolean connected;
    private volatile boolean handshaking;
    private boolean handshook;
    private boolean sent;
    private boolean wireFailed;

    /** OkHttp looks for a connection: from here on a failure is the node's, and OkHttp's own time-out is running. */
    final boolean connecting() {
        return connecting;
    }

    /** TLS has begun, and is not agreed upon. */
    final boolean handshaking() {
        return handshaking;
    }

    /** Whether {@code thrown} says that there was no connection to speak over. */
    final boolean unconnected(Throwable thrown) {
        return Unconnected.is(thrown) && !handshook && !sent;
    }

    /** Whether {@code thrown} may come of TLS: a certificate that was refused reads like any broken connection. */
    final boolean ofTls(Throwable thrown) {
        return connecting && (thrown instanceof SSLException || (handshook && (wireFailed || !sent)));
    }

    /** @param cut why it was cut off on this side, if it was */
    final Verdict verdict(Throwable thrown, @Nullable Cut cut) {
        return Failures.verdict(thrown, cut, connecting, connected, sent, wireFailed);
    }

    /** TLS begins. */
    abstract void handshakes();

    /** It gets a connection, or is about to. */
    abstract void connects();

    @Override
    public final void proxySelectStart(okhttp3.Call call, HttpUrl url) {
        connecting = true;
    }

    @Override
    public final void connectStart(okhttp3.Call call, InetSocketAddress address, Proxy proxy) {
        connects();
    }

    @Override
    public final void connectionAcquired(okhttp3.Call call, Connection connection) {
        connecting = true;
        connected = true;
        connects();
    }

    @Override
    public final void secureConnectStart(okhttp3.Call call) {
        handshaking = true;
        handshook = true;
        handshakes();
    }

    @Override
    public final void secureConnectEnd(okhttp3.Call call, @Nullable Handshake handshake) {
        handshaking = false;
    }

    @Override
    public final void requestHeadersStart(okhttp3.Call call) {
        sent = true;
    }

    @Override
    public final void requestFailed(okhttp3.Call call, IOException e) {
        wireFailed = true;
    }

    @Override
    public final void responseFailed(okhttp3.Call call, IOException e) {
        wireFailed = true;
    }
}
