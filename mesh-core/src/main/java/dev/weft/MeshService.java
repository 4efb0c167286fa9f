package dev.weft;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Resolver;
import dev.weft.stack.ServiceState;
import dev.weft.time.Time;
import java.util.concurrent.atomic.LongAdder;

/** What a mesh holds for one service, whatever protocols it is spoken to in: its nodes and what was learnt. */
final class MeshService implements AutoCloseable {
    private final Cluster cluster;
    private final ServiceState state = new ServiceState();
    private final LongAdder inFlight = new LongAdder();
    private final Resolver.Watch watch;

    MeshService(String name, Time time, Resolver resolver) {
        this.cluster = new Cluster(name, time);
        this.watch = resolver.watch(name, cluster);
    }

    Cluster cluster() {
        return cluster;
    }

    ServiceState state() {
        return state;
    }

    /** Logical calls under way, from the first look at them to the end of their answer. */
    LongAdder inFlight() {
        return inFlight;
    }

    @Override
    public void close() {
        watch.close();
        cluster.close();
        state.close();
    }
}
