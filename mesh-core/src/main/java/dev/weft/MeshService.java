package dev.weft;

import dev.weft.call.Pauses;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Resolver;
import dev.weft.stack.ServiceState;
import dev.weft.time.Time;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What a mesh holds for one service, whatever protocols it is spoken to in: its nodes and what was learnt. */
final class MeshService implements AutoCloseable {
    private final Cluster cluster;
    private final ServiceState state = new ServiceState();
    private final LongAdder inFlight = new LongAdder();
    private final Pauses pauses = new Pauses();
    private final ReentrantLock building = new ReentrantLock();
    private final AtomicReference<Resolver.@Nullable Watch> watch = new AtomicReference<>();

    MeshService(String name, Time time) {
        this.cluster = new Cluster(name, time);
    }

    /** Has the cluster follow the resolver; only the first time does something. The resolver is called under no lock. */
    void follow(Resolver resolver) {
        if (!watch.compareAndSet(null, NoWatch.BEGINNING)) {
            return;
        }
        Resolver.Watch begun;
        try {
            begun = resolver.watch(cluster.service(), cluster);
        } catch (RuntimeException | Error e) {
            // The next call tries again.
            watch.compareAndSet(NoWatch.BEGINNING, null);
            throw e;
        }
        if (!watch.compareAndSet(NoWatch.BEGINNING, begun)) {
            // The mesh closed meanwhile.
            begun.close();
        }
    }

    Cluster cluster() {
        return cluster;
    }

    ServiceState state() {
        return state;
    }

    /** Held while a chain is built, so that chains are built one after the other, the newest policy's last. */
    ReentrantLock building() {
        return building;
    }

    /** Logical calls under way, from the first look at them to the end of their answer. */
    LongAdder inFlight() {
        return inFlight;
    }

    /** Its calls that pause between two attempts. */
    Pauses pauses() {
        return pauses;
    }

    /** Idempotent. */
    @Override
    public void close() {
        pauses.close();
        Resolver.Watch ended = watch.getAndSet(NoWatch.CLOSED);
        try {
            if (ended != null) {
                ended.close();
            }
        } finally {
            state.close();
            cluster.close();
        }
    }

    private enum NoWatch implements Resolver.Watch {
        BEGINNING,
        CLOSED;

        @Override
        public void close() {}
    }
}
