package dev.weft.bench;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.MeshClient;
import dev.weft.Route;
import dev.weft.bench.stack.Heap;
import dev.weft.bench.stack.Nodes;
import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.StillWire;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.context.Context;
import java.util.Locale;
import java.util.stream.IntStream;

/** What a service and its endpoints take of the heap, once it was called, without connections. */
final class Memory {
    private static final int[] ENDPOINTS = {1, 10, 100, 1_000, 10_000};
    private static final int MOST = 20_000;
    private static final int MOST_SERVICES = 500;

    private Memory() {}

    static void print() {
        Table table = new Table("endpoints", "a service, KB", "with metrics, KB");
        for (int endpoints : ENDPOINTS) {
            table.row(Integer.toString(endpoints), kilobytes(endpoints, false), kilobytes(endpoints, true));
        }
        System.out.println(table.markdown());
    }

    private static String kilobytes(int endpoints, boolean metrics) {
        int services = Math.min(MOST_SERVICES, MOST / endpoints);
        // What the first service of all takes for itself is not the second one's.
        try (Mesh mesh = mesh(services + 1, endpoints, metrics)) {
            MeshClient<String> client = mesh.client(new StillWire());
            Pace pace = Pace.blocking(mesh.time());
            call(client, pace, 0);
            long before = Heap.used();
            IntStream.rangeClosed(1, services).forEach(service -> call(client, pace, service));
            return String.format(Locale.ROOT, "%.1f", (Heap.used() - before) / 1e3 / services);
        }
    }

    private static Mesh mesh(int services, int endpoints, boolean metrics) {
        String[] addresses = IntStream.range(0, endpoints)
                .mapToObj(i -> Nodes.host(i) + ":80")
                .toArray(String[]::new);
        StaticResolver resolver = StaticResolver.empty();
        for (int i = 0; i < services; i++) {
            resolver = resolver.with("service-" + i, addresses);
        }
        MeshBuilder builder = Mesh.builder().resolver(resolver);
        return (metrics ? builder.metrics(new SimpleMeterRegistry()) : builder).start();
    }

    private static void call(MeshClient<String> client, Pace pace, int service) {
        Route<String> route = client.route("service-" + service, "GET", "/stock/7", LayerValues.NONE);
        Call call = route.newCall("request", pace, Context.root());
        route.send(call);
    }
}
