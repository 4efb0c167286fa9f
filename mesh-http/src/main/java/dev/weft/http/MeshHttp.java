package dev.weft.http;

import dev.weft.Mesh;
import dev.weft.MeshClient;
import dev.weft.call.Pace;
import dev.weft.policy.LayerValues;
import dev.weft.time.Chance;
import java.util.concurrent.Executor;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP over a mesh: for whatever takes OkHttp's {@link Call.Factory} (Retrofit) or an {@link OkHttpClient} (OpenFeign,
 * Spring). The host of a URL is the name of the service; where it runs, and all else, is the mesh's to know. Made once;
 * thread-safe. The mesh closes it.
 *
 * <p>A call may end as any call of OkHttp's does, with the {@link java.io.IOException} of its last attempt, or with a
 * {@link dev.weft.call.MeshException} where the mesh ended it: no endpoint, deadline, breaker, limit.
 */
public final class MeshHttp {
    static final Logger log = LoggerFactory.getLogger(MeshHttp.class);

    private final MeshClient<Response> client;
    private final Executor threads;
    private final Pace blocking;
    private final Pace async;

    private MeshHttp(Mesh mesh, OkHttpClient base) {
        Transport transport = new Transport(base, mesh.time(), mesh.identity());
        HttpWire wire = new HttpWire(
                transport, new Outgoing(mesh.propagation()), new RetryHints(mesh.time(), Chance.perThread()));
        this.client = mesh.client(wire);
        this.threads = transport.threads();
        this.blocking = Pace.blocking(mesh.time());
        this.async = Pace.async(mesh.time(), threads);
    }

    public static MeshHttp create(Mesh mesh) {
        return create(mesh, new OkHttpClient());
    }

    /**
     * With interceptors, authenticators, cache, cookies and the TLS for services outside the mesh of your own client. They
     * see each attempt by itself. Its pool, dispatcher, proxy, redirects and retries are not used; its time-outs only for
     * calls without a deadline.
     */
    public static MeshHttp create(Mesh mesh, OkHttpClient base) {
        return new MeshHttp(mesh, base);
    }

    /** Makes calls whose URL's host is the service. */
    public Call.Factory callFactory() {
        return request -> new MeshCall(this, request, LayerValues.NONE);
    }

    /**
     * For libraries that want a client and not a factory: an {@link OkHttpClient} with this interceptor sends through the
     * mesh. Nothing below it, such as network interceptors or the client's own retries, is reached.
     */
    public Interceptor interceptor() {
        return new MeshInterceptor(this);
    }

    MeshClient<Response> client() {
        return client;
    }

    Executor threads() {
        return threads;
    }

    Pace blocking() {
        return blocking;
    }

    Pace async() {
        return async;
    }
}
