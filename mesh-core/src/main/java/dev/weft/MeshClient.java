package dev.weft;

import dev.weft.call.Call;
import dev.weft.call.RequestPart;
import dev.weft.call.Service;
import dev.weft.call.Substitute;
import dev.weft.call.Wire;
import dev.weft.policy.LayerValues;
import dev.weft.policy.Policy;
import dev.weft.policy.PolicySnapshot;
import dev.weft.policy.ServicePolicies;
import dev.weft.stack.Alternatives;
import dev.weft.stack.Fit;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transport's view of a mesh: finds the {@link Route} for each call. Thread-safe; a transport has one.
 *
 * @param <R> the response
 */
@SuppressWarnings("ReferenceEquality") // of snapshots: which one it is, not what it says
public final class MeshClient<R> {
    private static final Logger log = LoggerFactory.getLogger(MeshClient.class);

    private final Mesh mesh;
    private final Wire<R> wire;
    private final ConcurrentMap<String, Compiled<R>> services = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Substitute<R>> substitutes = new ConcurrentHashMap<>();
    private final Alternatives<R> others = new Others();

    MeshClient(Mesh mesh, Wire<R> wire) {
        this.mesh = mesh;
        this.wire = wire;
    }

    /**
     * Has the application's own code answer for {@code service} when it has not answered itself, and the service that policy
     * names in its place has not either.
     *
     * @throws IllegalStateException when the service was called already, or has such code
     */
    public void fallback(String service, Substitute<R> code) {
        if (services.containsKey(service) || substitutes.putIfAbsent(service, code) != null) {
            throw new IllegalStateException(
                    "the fallback of " + service + " must be given once, before its first call");
        }
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
        Compiled<R> compiled = services.get(service);
        if (compiled != null && compiled.snapshot == mesh.policy().current()) {
            int index = compiled.index(method, request, path);
            Route<R> route = declared == LayerValues.NONE
                    ? compiled.plain[index + 1]
                    : compiled.routes.get(new Kind(index, declared));
            if (route != null) {
                return route;
            }
        }
        return build(mesh.service(service), method, request, path, declared);
    }

    /** Under the policy of now, not of when the call looked: what is newer may have been compiled meanwhile. */
    private <Q> Route<R> build(
            MeshService service, String method, Q request, Function<? super Q, String> path, LayerValues declared) {
        service.building().lock();
        try {
            Compiled<R> compiled = compile(service);
            return build(compiled, compiled.index(method, request, path), declared);
        } finally {
            service.building().unlock();
        }
    }

    private Compiled<R> compile(MeshService service) {
        String name = service.cluster().service();
        PolicySnapshot snapshot = mesh.policy().current();
        Compiled<R> seen = services.get(name);
        if (seen != null && seen.snapshot == snapshot) {
            return seen;
        }
        Compiled<R> fresh = new Compiled<>(service, snapshot, snapshot.service(name));
        if (seen != null) {
            service.state().renew();
            seen.routes.keySet().forEach(kind -> carryOver(seen, kind, fresh));
        }
        services.put(name, fresh);
        return fresh;
    }

    /** Chains are built anew while those that they replace still hold what was learnt. */
    private void carryOver(Compiled<R> seen, Kind kind, Compiled<R> fresh) {
        try {
            String name = seen.policies.routeName(kind.route);
            build(fresh, name.isEmpty() ? -1 : fresh.policies.routeNamed(name), kind.declared);
        } catch (RuntimeException e) {
            log.warn(
                    "{}: no chain can be built under the new policy; the next call to it is told the same",
                    fresh.policies.service(),
                    e);
        }
    }

    private Route<R> build(Compiled<R> compiled, int index, LayerValues declared) {
        Kind kind = new Kind(index, declared);
        Route<R> route = compiled.routes.get(kind);
        if (route == null) {
            route = route(compiled.service, compiled.policies.policy(index, declared));
            compiled.routes.put(kind, route);
        }
        if (declared.isEmpty()) {
            compiled.plain[index + 1] = route;
        }
        return route;
    }

    private Route<R> route(MeshService service, Policy policy) {
        Service<R> chain = mesh.stack()
                .build(new Fit<>(policy, service.cluster(), wire, mesh.time(), mesh.random(), service.state(), others));
        return new Route<>(mesh, policy, chain, wire, service);
    }

    private final class Others implements Alternatives<R> {
        @Override
        public @Nullable Substitute<R> substitute(String service) {
            return substitutes.get(service);
        }

        @Override
        public Detour<R> detour(String service, Call call) {
            Route<R> route =
                    route(service, part(call, RequestPart.METHOD), part(call, RequestPart.PATH), LayerValues.NONE);
            Call other = route.newCall(call.request(), call.pace(), call.context());
            if (call.hasDeadline()) {
                other.shorten(call.deadlineNanos());
            }
            call.onCancel(other);
            return new Detour<>(other, route::send);
        }

        private String part(Call call, RequestPart part) {
            return Objects.requireNonNullElse(wire.read(call, part, ""), "");
        }
    }

    private record Kind(int route, LayerValues declared) {
        // Written out: a start needs it, and would have to link the compiler's (0146).
        @Override
        public int hashCode() {
            return declared.hashCode() * 31 + route;
        }
    }

    /** The routes of one service under one snapshot; written under the service's lock. */
    private static final class Compiled<R> {
        final MeshService service;
        final PolicySnapshot snapshot;
        final ServicePolicies policies;
        final ConcurrentMap<Kind, Route<R>> routes = new ConcurrentHashMap<>();
        /** The same where nothing is declared, by route from -1: spares most calls the map. */
        final Route<R>[] plain;

        @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know no type parameters
        Compiled(MeshService service, PolicySnapshot snapshot, ServicePolicies policies) {
            this.service = service;
            this.snapshot = snapshot;
            this.policies = policies;
            this.plain = new Route[policies.routes() + 1];
        }

        <Q> int index(String method, Q request, Function<? super Q, String> path) {
            return policies.routes() == 0 ? -1 : policies.routeOf(method, path.apply(request));
        }
    }
}
