package dev.weft.quickstart.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.consul.Consul;
import dev.weft.consul.ConsulRegistration;
import dev.weft.consul.Registration;
import dev.weft.http.server.MeshFilter;
import dev.weft.identity.Keyring;
import dev.weft.identity.ServerTls;
import dev.weft.identity.SpiffeId;
import dev.weft.identity.TlsMode;
import dev.weft.time.Time;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A replica's place in the mesh. With Consul it has an identity, serves mTLS only, and stands in the catalog; without,
 * it only restores its callers' deadline and trace.
 */
final class Membership implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(20);

    private final String service;
    private final String name;
    private final Duration patience;
    private final @Nullable Consul consul;
    private final Mesh mesh;
    private final @Nullable ServerTls tls;

    /**
     * @param url where Consul is, or null for a place without one
     * @param patience how long to wait for it
     */
    Membership(String name, @Nullable String url, Duration patience) {
        this.patience = patience;
        this.service = name.substring(0, name.lastIndexOf('-'));
        this.name = name;
        MeshBuilder builder = Mesh.builder();
        if (url == null) {
            this.consul = null;
        } else {
            Consul taken = ConsulAddress.client(url);
            builder.identity(taken.identity(service)).with(mesh -> taken);
            this.consul = taken;
        }
        this.mesh = builder.start();
        Keyring identity = mesh.identity();
        this.tls = identity == null ? null : new ServerTls(identity, TlsMode.STRICT, mesh.time());
    }

    /** A server that is not started yet; what is served goes through {@link #filter}. */
    HttpServer server(InetSocketAddress address) throws IOException {
        if (tls == null) {
            return HttpServer.create(address, 0);
        }
        HttpsServer server = HttpsServer.create(address, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
        return server;
    }

    MeshFilter filter() {
        return MeshFilter.of(mesh);
    }

    /** Who calls, as far as it can be proved; empty where it cannot. */
    String caller(HttpExchange exchange) throws IOException {
        SpiffeId client =
                tls != null && exchange instanceof HttpsExchange https ? tls.client(https.getSSLSession()) : null;
        return client == null ? "" : client.toString();
    }

    /** Has callers find the server on that port; returns when they can. */
    void join(int port) {
        if (consul != null) {
            await("ready", () -> mesh.waitingFor().isEmpty());
            ConsulRegistration registration = consul.register(Registration.of(service, port)
                    .id("quickstart-" + name)
                    .address("127.0.0.1")
                    .connectNative());
            await("registered", registration::registered);
        }
    }

    /** Whoever started this process may be gone: nobody must wait for ever. */
    private void await(String what, BooleanSupplier done) {
        Time time = Time.system();
        long end = time.nanos() + patience.toNanos();
        while (!done.getAsBoolean()) {
            if (time.nanos() - end >= 0) {
                throw new IllegalStateException(
                        name + " was not " + what + " within " + patience.toSeconds() + " s; " + mesh.waitingFor());
            }
            time.park(done, time.nanos() + LOOK.toNanos());
        }
    }

    /** Takes leave of Consul. */
    @Override
    public void close() {
        mesh.close();
    }
}
