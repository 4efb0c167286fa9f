package dev.weft.bench.stack;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.time.Chance;
import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** So many nodes, each with some latency of its own. */
public final class Nodes {
    private final Cluster cluster;
    private final List<Node> nodes;

    public Nodes(int count) {
        Time time = Time.system();
        cluster = new Cluster("inventory", time);
        cluster.endpoints(IntStream.range(0, count)
                .mapToObj(i -> Endpoint.of(host(i), 80))
                .toList());
        nodes = cluster.nodes();
        long now = time.nanos();
        RandomGenerator random = random();
        nodes.forEach(node -> node.latency().observe(random.nextLong(1_000_000, 50_000_000), now, 10_000_000_000L));
    }

    public Cluster cluster() {
        return cluster;
    }

    public List<Node> all() {
        return nodes;
    }

    /** An address for each number of 0 to 16 million. */
    public static String host(int number) {
        return "10." + (number >> 16) + '.' + (number >> 8 & 255) + '.' + (number & 255);
    }

    /** As the mesh's own. */
    public RandomGenerator random() {
        return Chance.perThread();
    }

    /** A first attempt, which has tried no node. */
    public static Call attempt() {
        return new Call("request", Policy.builtIn("inventory"), Pace.blocking(Time.system()), Context.root())
                .newAttempt();
    }
}
