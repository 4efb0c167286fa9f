package dev.weft.identity;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A server's context that may be kept for ever: each engine and socket comes from {@link Contexts#forServer}. */
final class MeshContext extends SSLContextSpi {
    private final Contexts contexts;
    private final Consumer<SSLParameters> prepare;
    private final SSLContext able;

    private MeshContext(Contexts contexts, Consumer<SSLParameters> prepare, SSLContext able) {
        this.contexts = contexts;
        this.prepare = prepare;
        this.able = able;
    }

    static SSLContext of(Contexts contexts, Consumer<SSLParameters> prepare) throws SSLException {
        SSLContext able = contexts.bare();
        MeshContext spi = new MeshContext(contexts, prepare, able);
        return new SSLContext(spi, able.getProvider(), able.getProtocol()) {};
    }

    private SSLContext fresh() {
        try {
            return contexts.forServer();
        } catch (SSLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private SSLEngine prepared(SSLEngine engine) {
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        prepare.accept(parameters);
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return prepared(fresh().createSSLEngine());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return prepared(fresh().createSSLEngine(host, port));
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return new MeshSockets(
                () -> contexts.forServer().getSocketFactory(),
                socket -> {
                    socket.setUseClientMode(false);
                    SSLParameters parameters = socket.getSSLParameters();
                    prepare.accept(parameters);
                    socket.setSSLParameters(parameters);
                },
                able.getSocketFactory());
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        throw new UnsupportedOperationException("a TLS server socket would share its sessions among all connections;"
                + " accept from a plain ServerSocket and wrap what comes with ServerTls.socketFactory()");
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        SSLParameters parameters = able.getDefaultSSLParameters();
        prepare.accept(parameters);
        return parameters;
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return able.getSupportedSSLParameters();
    }

    /** Always empty. */
    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return able.getServerSessionContext();
    }

    /** Always empty. */
    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return able.getClientSessionContext();
    }

    @Override
    protected void engineInit(
            KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
            throws KeyManagementException {
        throw new KeyManagementException("this context has its keys from the mesh's identity");
    }
}
