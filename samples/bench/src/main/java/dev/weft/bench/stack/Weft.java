package dev.weft.bench.stack;

import dev.weft.Mesh;
import dev.weft.MeshClient;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.call.Reply;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.StillWire;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.context.Context;

/** The whole default stack with metrics over {@link StillWire}, four endpoints below it, driven as a transport drives it. */
final class Weft implements AutoCloseable {
    private final Mesh mesh;
    private final StillWire wire = new StillWire();
    private final MeshClient<String> client;
    private final Pace blocking;
    private final Pace async;

    Weft() {
        mesh = Mesh.builder()
                .resolver(StaticResolver.empty()
                        .with("inventory", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80"))
                .metrics(new SimpleMeterRegistry())
                .start();
        client = mesh.client(wire);
        blocking = Pace.blocking(mesh.time());
        async = Pace.async(mesh.time(), Runnable::run);
    }

    /** One blocking call, from the look-up of its route to the end of its answer. */
    Reply<String> call(Object request) {
        return send(request, blocking);
    }

    /** One async call, answered by the thread that made it. */
    Reply<String> callAsync(Object request) {
        Reply<String> reply = send(request, async);
        wire.answer();
        return reply;
    }

    private Reply<String> send(Object request, Pace pace) {
        Route<String> route = client.route("inventory", "GET", "/stock/7", LayerValues.NONE);
        Call call = route.newCall(request, pace, Context.current());
        return route.send(call);
    }

    @Override
    public void close() {
        mesh.close();
    }
}
