package dev.weft;

import dev.weft.call.Service;
import dev.weft.call.Wire;
import dev.weft.policy.LayerValues;
import dev.weft.policy.Policy;
import dev.weft.policy.PolicySnapshot;
import dev.weft.policy.ServicePolicies;
import dev.weft.stack.Fit;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * One transport's view of a mesh: finds the {@link Route} for each call. Thread-safe; a transport has one.
 *
 * @param <R> the response
 */
@SuppressWarnings("ReferenceEquality") // of snapshots: which one it is, not what it says
public final class MeshClient<R> {
    private final Mesh mesh;
    private final Wire<R> wire;
    private final ConcurrentMap<String, Compiled<R>> services = new ConcurrentHashMap<>();

    MeshClient(Mesh mesh, Wire<R> wire) {
        this.mesh = mesh;
        this.wire = wire;
    }

    /**
     * The route for a call: a look-up, but for the first call of its kind under a policy.
     *
     * @param service the logical service
     * @param method the protocol's method, such as {@code GET}
     * @param path the path without query, or the full gRPC method name with a leading slash
     * @param declared what annotations say of the method called, or {@link LayerValues#NONE}
     * @throws IllegalStateException when the mesh knows too many services to take on another
     */
    public Route<R> route(String service, String method, String path, LayerValues declared) {
        return route(service, method, path, Function.identity(), declared);
    }

    /**
     * As {@link #route(String, String, String, LayerValues)}, for a path that costs something to tell.
     *
     * @param path asked of {@code request} only where the service's policy has routes
     */
    public <Q> Route<R> route(
            String service, String method, Q request, Function<? super Q, String> path, LayerValues declared) {
        PolicySnapshot snapshot = mesh.policy().current();
        Compiled<R> compiled = services.get(service);
        if (compiled == null || compiled.snapshot != snapshot) {
            compiled = compile(service, snapshot);
        }
        ServicePolicies policies = compiled.policies;
        int index = policies.routes() == 0 ? -1 : policies.routeOf(method, path.apply(request));
        if (declared == LayerValues.NONE) {
            Route<R> route = compiled.plain[index + 1];
            if (route != null) {
                return route;
            }
        }
        return declared(compiled, index, declared);
    }

    private Compiled<R> compile(String service, PolicySnapshot snapshot) {
        MeshService held = mesh.service(service);
        return services.compute(
                service,
                (name, seen) -> seen != null && seen.snapshot == snapshot
                        ? seen
                        : new Compiled<>(held, snapshot, snapshot.service(name)));
    }

    private Route<R> declared(Compiled<R> compiled, int index, LayerValues declared) {
        return compiled.declared.computeIfAbsent(new Kind(index, declared), kind -> {
            Route<R> route = build(compiled, compiled.policies.policy(index, declared));
            if (declared.isEmpty()) {
                compiled.plain[index + 1] = route;
            }
            return route;
        });
    }

    private Route<R> build(Compiled<R> compiled, Policy policy) {
        MeshService service = compiled.service;
        Service<R> chain = mesh.stack()
                .build(new Fit<>(policy, service.cluster(), wire, mesh.time(), mesh.random(), service.state()));
        return new Route<>(mesh, policy, chain, service.inFlight());
    }

    private record Kind(int route, LayerValues declared) {}

    /** The routes of one service under one snapshot. */
    private static final class Compiled<R> {
        final MeshService service;
        final PolicySnapshot snapshot;
        final ServicePolicies policies;
        /** By route, from -1; filled on first use, where losing a race costs a look into the map. */
        final Route<R>[] plain;

        final ConcurrentMap<Kind, Route<R>> declared = new ConcurrentHashMap<>();

        @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know no type parameters
        Compiled(MeshService service, PolicySnapshot snapshot, ServicePolicies policies) {
            this.service = service;
            this.snapshot = snapshot;
            this.policies = policies;
            this.plain = new Route[policies.routes() + 1];
        }
    }
}
