package dev.weft.grpc;

import dev.weft.Mesh;
import dev.weft.MeshClient;
import dev.weft.annotation.DeclaredClient;
import dev.weft.call.Pace;
import dev.weft.policy.LayerValues;
import dev.weft.policy.PolicyStore;
import dev.weft.time.Lookout;
import io.grpc.Channel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * gRPC over a mesh: channels for generated stubs as they are, blocking, async and future ones. Made once; thread-safe.
 * The mesh closes it.
 *
 * <p>A call ends with a status, as any gRPC call does; where the mesh ended it, the status' cause is the {@link
 * dev.weft.call.MeshException} that says why.
 */
public final class MeshGrpc {
    /** Where nobody is watched. */
    static final int NOWHERE = -1;

    private final MeshClient<Answer> client;
    private final PolicyStore policies;
    private final Executor threads;
    private final Pace pace;
    /** Calls whose request is not complete. */
    private final Lookout<MeshClientCall<?, ?>> starting;

    private final ConcurrentMap<String, OwnAnswers> fallbacks = new ConcurrentHashMap<>();

    private MeshGrpc(Mesh mesh, ChannelBuilders builders, GrpcTls.Engine engine) {
        Transport transport = new Transport(mesh.time(), mesh.identity(), builders, engine);
        this.client = mesh.client(new GrpcWire(transport, new AttemptHeaders(mesh.propagation())));
        this.policies = mesh.policy();
        this.threads = transport.threads();
        this.starting = Lookout.of(mesh.time());
        // Not on the call's executor: a blocking stub that was given up drains its own no more.
        this.pace = Pace.async(mesh.time(), threads);
    }

    public static MeshGrpc create(Mesh mesh) {
        return new MeshGrpc(mesh, OwnNetty.PLAIN, OwnNetty::credentials);
    }

    /**
     * With what you set on the builder of each endpoint's own channel: message sizes, keep-alive, user agent. Target,
     * authority, TLS, load balancing, retries and proxies are the mesh's.
     */
    public static MeshGrpc create(Mesh mesh, Consumer<ManagedChannelBuilder<?>> more) {
        return new MeshGrpc(mesh, OwnNetty.builders(more), OwnNetty::credentials);
    }

    /**
     * Over a transport of yours, in place of gRPC's shaded Netty: {@code MeshGrpc.over(mesh, OkHttpChannelBuilder::forTarget)}.
     * Authority, load balancing, retries, proxies, executors and how long connecting may take are the mesh's; keep-alive is
     * yours to set. Handshakes are not followed there: permissive TLS needs to be told which endpoints cannot do TLS.
     */
    public static MeshGrpc over(Mesh mesh, ChannelBuilders builders) {
        return new MeshGrpc(mesh, builders, GrpcTls::portable);
    }

    /** The channel for a logical service: {@code InventoryGrpc.newBlockingStub(grpc.channel("inventory"))}. */
    public Channel channel(String service) {
        return new MeshChannel(this, service, rpc -> LayerValues.NONE);
    }

    /**
     * The channel of one declared client: its annotations say the service, and the weakest layer of policy. Methods are
     * named as the RPCs are that they speak of ({@code checkStock} for {@code CheckStock}); what they take and give does not
     * matter. What the interface itself says holds for all others.
     *
     * @throws dev.weft.annotation.DeclarationRefused with all that is wrong with the interface
     */
    public Channel channel(Class<?> api) {
        DeclaredClient client = DeclaredClient.of(api, policies.current().settings());
        return new MeshChannel(this, client.service(), new DeclaredRpcs(client)::of);
    }

    /**
     * Has {@code code} answer calls of a unary method of {@code service} that have failed after all retries, where the service
     * that policy names in its place ({@code fallback.service}) has not answered either. Not for statuses that blame the
     * caller, nor for refusals and cancelled calls. It is given the request and what the call has failed with, and is run in
     * the call's contexts by the thread that carries it, so it must not block; if it throws, or answers null, the call ends as
     * it would have without it.
     *
     * @return this
     * @throws IllegalArgumentException where the method is not unary
     * @throws IllegalStateException when the method has such code, or the service was called before any of its methods had
     */
    public <Q, A> MeshGrpc fallback(
            String service, MethodDescriptor<Q, A> method, BiFunction<Q, Status, @Nullable A> code) {
        fallbacks
                .computeIfAbsent(service, name -> {
                    OwnAnswers answers = new OwnAnswers();
                    client.fallback(name, answers);
                    return answers;
                })
                .add(method, code);
        return this;
    }

    MeshClient<Answer> client() {
        return client;
    }

    Executor threads() {
        return threads;
    }

    Pace pace() {
        return pace;
    }

    /** Has a call looked at when its deadline passes; where, for {@link #unwatch}. */
    int watch(MeshClientCall<?, ?> call, @Nullable CallerDeadline until) {
        return until == null
                ? NOWHERE
                : starting.add(call, until.leftNanos(), pace.time().nanos());
    }

    void unwatch(int place) {
        if (place != NOWHERE) {
            starting.remove(place);
        }
    }
}
