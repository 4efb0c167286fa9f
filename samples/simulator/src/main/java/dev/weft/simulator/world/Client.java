package dev.weft.simulator.world;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.MeshClient;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.call.Reply;
import dev.weft.policy.LayerValues;
import dev.weft.policy.PolicySource;
import dev.weft.policy.PolicyStatus;
import dev.weft.policy.PolicyText;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A process that calls one service: a mesh of its own, as it would be live, on the world's time and chance. */
final class Client implements AutoCloseable {
    private final Mesh mesh;
    private final MeshClient<Answer> client;
    private final Pace pace;
    private final String service;
    private @Nullable Route<Answer> route;

    /** @param number which of the clients it is: each is dealt its own of the application's values */
    Client(World world, RandomGenerator chance, int number, String service) {
        this.service = service;
        MeshBuilder builder = Mesh.builder()
                .time(world.time())
                .random(chance)
                .resolver(world.news())
                .drain(Duration.ZERO)
                .set("deadline.total", world.scenario().deadlineNanos() + "ns");
        world.scenario().application().forEach((key, values) -> builder.set(key, values.get(number % values.size())));
        if (!world.scenario().policy().isEmpty()) {
            builder.policy(new FixedPolicy(world.scenario().policy()));
        }
        mesh = builder.start();
        client = mesh.client(new SimulatedWire(world));
        pace = Pace.async(world.time(), Runnable::run);
    }

    Mesh mesh() {
        return mesh;
    }

    /** @throws IllegalArgumentException where the policy was refused; names each mistake */
    void checkPolicy() {
        PolicyStatus status = mesh.policy().status();
        if (status.state() == PolicyStatus.State.REFUSED) {
            throw new IllegalArgumentException(status.reason());
        }
    }

    /** Its policy does not change, so neither does the route; the first call makes it, as it would live. */
    void call(Context context, Reply.Observer<Answer> observer) {
        Route<Answer> way = route;
        if (way == null) {
            way = client.route(service, "GET", "/", LayerValues.NONE);
            route = way;
        }
        Call call = way.newCall("request", pace, context);
        way.send(call).onDone(call, observer);
    }

    @Override
    public void close() {
        mesh.close();
    }

    /** A policy that is there at once and stays. */
    private record FixedPolicy(String text) implements PolicySource {
        @Override
        public String name() {
            return "policy";
        }

        @Override
        public void start(Listener listener) {
            listener.text(new PolicyText(name(), text.getBytes(StandardCharsets.UTF_8), 0));
        }

        @Override
        public void close() {}
    }
}
