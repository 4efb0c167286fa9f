package dev.weft.http;

import dev.weft.Mesh;
import dev.weft.MeshClient;
import dev.weft.annotation.DeclaredClient;
import dev.weft.call.Pace;
import dev.weft.policy.PolicyStore;
import dev.weft.time.Chance;
import java.util.concurrent.Executor;
import java.util.function.Function;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
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
    private final PolicyStore policies;
    private final Executor threads;
    private final Pace blocking;
    private final Pace async;

    private MeshHttp(Mesh mesh, BaseClient base) {
        Transport transport = new Transport(base, mesh.time(), mesh.identity());
        HttpWire wire = new HttpWire(
                transport, new Outgoing(mesh.propagation()), new RetryHints(mesh.time(), Chance.perThread()));
        this.client = mesh.client(wire);
        this.policies = mesh.policy();
        this.threads = transport.threads();
        this.blocking = Pace.blocking(mesh.time(), threads);
        this.async = Pace.async(mesh.time(), threads);
    }

    public static MeshHttp create(Mesh mesh) {
        return new MeshHttp(mesh, BaseClient.ours());
    }

    /**
     * With interceptors, authenticators, cache, cookies and the TLS for services outside the mesh of your own client. They
     * see each attempt by itself. Its pool, dispatcher, proxy, redirects and retries are not used; its time-outs only for
     * calls without a deadline.
     */
    public static MeshHttp create(Mesh mesh, OkHttpClient base) {
        return new MeshHttp(mesh, BaseClient.of(base));
    }

    /** Makes calls whose URL's host is the service. */
    public Call.Factory callFactory() {
        return new Calls(this, null);
    }

    /**
     * Makes the calls of one declared client: its annotations say the service, whatever the URL's host, and the weakest
     * layer of policy. Retrofit tells which method was called; for other libraries what the interface itself says holds for
     * all of its methods.
     *
     * @throws dev.weft.annotation.DeclarationRefused with all that is wrong with the interface
     */
    public Call.Factory callFactory(Class<?> api) {
        return new Calls(this, declared(api));
    }

    /**
     * For libraries that want a client and not a factory: an {@link OkHttpClient} with this interceptor sends through the
     * mesh. Nothing below it, such as network interceptors or the client's own retries, is reached.
     */
    public Interceptor interceptor() {
        return new MeshInterceptor(new Calls(this, null));
    }

    /** As {@link #interceptor()}, for one declared client, as {@link #callFactory(Class)} has it. */
    public Interceptor interceptor(Class<?> api) {
        return new MeshInterceptor(new Calls(this, declared(api)));
    }

    /**
     * Has {@code code} answer calls to {@code service} that have failed after all retries, where the service that policy names
     * in its place ({@code fallback.service}) has not answered either. Not for answers that blame the caller, nor for
     * refusals and cancelled calls. It is run by the thread that carries the call, so for calls that are enqueued it must
     * not block; if it throws, or answers null, the call ends as it would have without it.
     *
     * @return this
     * @throws IllegalStateException when the service was called already, or has such code
     */
    public MeshHttp fallback(String service, Function<Request, @Nullable Response> code) {
        client.fallback(service, (call, failed) -> code.apply((Request) call.request()));
        return this;
    }

    private DeclaredClient declared(Class<?> api) {
        return DeclaredClient.of(api, policies.current().settings());
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
