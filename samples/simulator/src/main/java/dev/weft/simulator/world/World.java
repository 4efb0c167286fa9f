package dev.weft.simulator.world;

import dev.weft.endpoint.Node;
import dev.weft.simulator.measure.Tally;
import dev.weft.simulator.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One scenario as it happens: in virtual time, on one thread, all chance from one seed. The clients' stack is the real
 * one; time, network and servers are simulated.
 */
public final class World implements AutoCloseable {
    /** For so long after the last request answers are waited for, beyond every deadline. */
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private static final long AFTERMATH_NANOS = 5_000_000_000L;

    private final Scenario scenario;
    private final VirtualTime time = new VirtualTime();
    private final RandomGenerator chance;
    private final Servers servers;
    private final News news;
    private final Tally tally;
    private final List<Client> clients = new ArrayList<>();
    private final Map<Server, Hop> hops = new HashMap<>();

    /** @throws IllegalArgumentException where the scenario's policy is refused; names each mistake */
    public World(Scenario scenario) {
        this.scenario = scenario;
        SplittableRandom root = new SplittableRandom(scenario.seed());
        this.chance = root.split();
        this.servers = new Servers(this, scenario.fleet());
        this.news = new News(servers);
        List<String> services = scenario.services();
        this.tally = new Tally(
                scenario,
                servers.all().stream()
                        .mapToInt(server -> services.indexOf(server.group().service()))
                        .toArray(),
                true);
        try {
            for (int i = 0; i < scenario.clients(); i++) {
                client(root, scenario.service());
            }
            for (Server server : servers.all()) {
                if (!server.group().calls().isEmpty()) {
                    hops.put(
                            server,
                            new Hop(this, server, client(root, server.group().calls())));
                }
            }
            new Requests(this, List.copyOf(clients).subList(0, scenario.clients()), root.split()).begin();
            new Misfortune(this).begin();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Client client(SplittableRandom root, String service) {
        Client client = new Client(this, root.split(), clients.size(), service);
        clients.add(client);
        client.checkPolicy();
        return client;
    }

    /** Lets it all happen. */
    public Tally run() {
        long end = scenario.durationNanos();
        while (time.step(end)) {}
        long patience = end + scenario.deadlineNanos() + PATIENCE_NANOS;
        while (tally.open() > 0 && time.step(patience)) {}
        // What goes beside requests may outlast them.
        long rest = time.elapsed() + AFTERMATH_NANOS;
        while (time.step(rest)) {}
        return tally;
    }

    @Override
    public void close() {
        clients.forEach(Client::close);
    }

    Scenario scenario() {
        return scenario;
    }

    VirtualTime time() {
        return time;
    }

    /** Of all that is not a client's own. */
    RandomGenerator chance() {
        return chance;
    }

    Servers servers() {
        return servers;
    }

    News news() {
        return news;
    }

    Tally tally() {
        return tally;
    }

    long oneWayNanos() {
        return scenario.oneWayNanos();
    }

    /** Attempts that the clients' nodes count as under way. */
    long underWay() {
        return clients.stream()
                .flatMap(client -> client.mesh().clusters().values().stream())
                .flatMap(cluster -> cluster.nodes().stream())
                .mapToLong(Node::inFlight)
                .sum();
    }

    /** What {@code server} calls for each request; null where it calls nobody. */
    @Nullable
    Hop hop(Server server) {
        return hops.get(server);
    }
}
