package dev.weft.bench.faults.peers;

import dev.weft.bench.faults.scenario.Start;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import dev.weft.simulator.scenario.Fault;
import dev.weft.simulator.scenario.Group;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Discovery: knows all servers, and tells of faults what the scenario has it tell. */
final class News implements Resolver {
    /** Who is back says so once it listens; the servers are another process, with a clock and threads of its own. */
    private static final long LISTENS_FIRST_NANOS = 100_000_000;

    private final Around around;
    private final List<Endpoint> all = new ArrayList<>();
    private final Set<Integer> gone = new HashSet<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService teller = Executors.newSingleThreadScheduledExecutor();

    News(Around around) {
        this.around = around;
        for (Group group : around.scenario().fleet()) {
            for (int i = 0; i < group.servers(); i++) {
                all.add(Endpoint.of(Around.HOST, around.ports().get(all.size())).withZone(group.zone()));
            }
        }
    }

    void begin(Start start) {
        for (Fault fault : around.scenario().faults()) {
            for (int i = 0; fault.newsNanos() >= 0 && i < fault.servers().size(); i++) {
                int server = fault.servers().get(i);
                // Who leaves in order says so before; of a death one hears later.
                boolean drain = fault.kind() == Fault.Kind.DRAIN;
                long left = fault.fromNanos(i) + (drain ? -fault.newsNanos() : fault.newsNanos());
                long back = fault.untilNanos(i) + (drain ? LISTENS_FIRST_NANOS : fault.newsNanos());
                at(start, left, () -> gone.add(server));
                at(start, back, () -> gone.remove(server));
            }
        }
    }

    private void at(Start start, long moment, Runnable change) {
        var unused = teller.schedule(
                () -> {
                    change.run();
                    List<Endpoint> now = callable();
                    listeners.forEach(listener -> listener.endpoints(now));
                },
                moment - start.elapsed(),
                TimeUnit.NANOSECONDS);
    }

    private List<Endpoint> callable() {
        List<Integer> ports = around.callable();
        List<Endpoint> found = new ArrayList<>();
        for (int server = 0; server < all.size(); server++) {
            if (!gone.contains(server) && ports.contains(all.get(server).port())) {
                found.add(all.get(server));
            }
        }
        return found;
    }

    @Override
    public Watch watch(String service, Listener listener) {
        teller.execute(() -> {
            listeners.add(listener);
            listener.endpoints(callable());
        });
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
        teller.shutdownNow();
    }
}
