package dev.weft.bench.faults.server;

import dev.weft.bench.faults.scenario.Journal;
import dev.weft.bench.faults.scenario.Start;
import dev.weft.simulator.scenario.Fault;
import dev.weft.simulator.scenario.Group;
import dev.weft.simulator.scenario.Scenario;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The servers of one run, each at its own port, and what befalls them. */
final class Fleet implements AutoCloseable {
    private final Scenario scenario;
    private final Journal journal = new Journal();
    private final List<Replica> replicas = new ArrayList<>();
    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final List<Front> fronts = new ArrayList<>();
    private final ScheduledExecutorService misfortune = Executors.newSingleThreadScheduledExecutor();

    Fleet(Scenario scenario, boolean grpc, Loop loop, Ports ports) throws IOException {
        this.scenario = scenario;
        SplittableRandom chance = new SplittableRandom(scenario.seed());
        for (Group group : scenario.fleet()) {
            for (int i = 0; i < group.servers(); i++) {
                replicas.add(new Replica(
                        replicas.size(), group, chance.split(), loop.group().next(), journal));
                addresses.add(ports.next());
            }
        }
        boolean chain =
                scenario.fleet().stream().anyMatch(group -> !group.calls().isEmpty());
        for (int i = 0; i < replicas.size(); i++) {
            Front front = chain
                    ? new HopFront(addresses.get(i), replicas.get(i), this)
                    : grpc
                            ? new GrpcFront(addresses.get(i), replicas.get(i), loop)
                            : new HttpFront(addresses.get(i), replicas.get(i), loop);
            front.open();
            fronts.add(front);
        }
    }

    Journal journal() {
        return journal;
    }

    List<Integer> ports() {
        return addresses.stream().map(InetSocketAddress::getPort).toList();
    }

    /** Where the servers of a service are, as host and port. */
    String[] addresses(String service) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            if (replicas.get(i).group().service().equals(service)) {
                InetSocketAddress address = addresses.get(i);
                found.add(address.getAddress().getHostAddress() + ':' + address.getPort());
            }
        }
        return found.toArray(String[]::new);
    }

    /** Plans what befalls them. */
    void begin(Start start) {
        replicas.forEach(replica -> replica.loop().execute(() -> replica.begin(start)));
        for (Fault fault : scenario.faults()) {
            for (int i = 0; i < fault.servers().size(); i++) {
                int server = fault.servers().get(i);
                at(start, fault.fromNanos(i), () -> befall(server, fault));
                at(start, fault.untilNanos(i), () -> heal(server, fault));
            }
        }
    }

    private void at(Start start, long moment, Runnable what) {
        var unused = misfortune.schedule(what, moment - start.elapsed(), TimeUnit.NANOSECONDS);
    }

    private void befall(int server, Fault fault) {
        Replica replica = replicas.get(server);
        replica.loop().execute(() -> replica.befall(fault));
        switch (fault.kind()) {
            case DIE -> fronts.get(server).die();
            case DRAIN -> fronts.get(server).drain();
            case SLOW, FAIL, HANG -> {}
            case VANISH, RESET -> throw new IllegalStateException("no network can be made to lose things here");
            case FORGET -> throw new IllegalStateException("discovery forgets nobody here");
        }
    }

    private void heal(int server, Fault fault) {
        Replica replica = replicas.get(server);
        replica.loop().execute(replica::heal);
        if (fault.kind() == Fault.Kind.DIE || fault.kind() == Fault.Kind.DRAIN) {
            try {
                fronts.get(server).open();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        misfortune.shutdownNow();
        fronts.forEach(Front::close);
    }
}
