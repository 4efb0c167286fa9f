package dev.weft.endpoint;

import dev.weft.testkit.Linearizable;
import dev.weft.testkit.StillTime;
import java.util.List;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever threads do at once with what all calls to a service share. */
class LinearizableTest {
    private static final List<Endpoint> FOUR =
            IntStream.range(0, 4).mapToObj(i -> Endpoint.of("10.0.0." + i, 80)).toList();

    @ParameterizedTest
    @ValueSource(classes = {Bucket.class, Ejecting.class, Resting.class, Doubting.class})
    void inWhateverOrderThreadsTakeTurns(Class<?> shared) {
        Linearizable.check(shared);
    }

    /** Tokens that are taken and owed. */
    public static class Bucket {
        private final CallBucket bucket = new CallBucket(10, 6);

        @Operation
        public boolean take() {
            return bucket.take(2);
        }

        @Operation
        public void owe() {
            bucket.owe(3);
        }

        @Operation
        public boolean holds() {
            return bucket.holds(3);
        }
    }

    /** Nodes that are ejected and come back, of four at most two by comparison. */
    @Param(name = "node", gen = IntGen.class, conf = "0:3")
    public static class Ejecting {
        private final Cluster cluster = cluster();
        private final List<Node> nodes = cluster.nodes();

        @Operation
        public boolean eject(@Param(name = "node") int node) {
            return cluster.ejections().eject(nodes.get(node), 0, false);
        }

        @Operation
        public boolean ejectForSure(@Param(name = "node") int node) {
            return cluster.ejections().eject(nodes.get(node), 0, true);
        }

        @Operation
        public boolean readmit(@Param(name = "node") int node) {
            return cluster.ejections().readmit(nodes.get(node));
        }

        @Operation
        public int count() {
            return cluster.ejections().count();
        }
    }

    /** A node that is told to rest, for longer or less. */
    @Param(name = "until", gen = IntGen.class, conf = "1:4")
    public static class Resting {
        private final Node node = cluster().nodes().get(0);

        @Operation
        public void avoid(@Param(name = "until") int until) {
            node.avoidUntil(until);
        }

        @Operation
        public boolean resting(@Param(name = "until") int now) {
            return node.resting(now);
        }
    }

    /** A latency that is doubted, by one within a second, while it is seen anew. */
    public static class Doubting {
        private static final long SECOND_NANOS = 1_000_000_000;

        private final LatencyAverage latency = new LatencyAverage(0);

        public Doubting() {
            latency.observe(5, 0, SECOND_NANOS);
        }

        @Operation
        public boolean doubt() {
            return latency.doubt(SECOND_NANOS);
        }

        @Operation
        public void observe() {
            latency.observe(7, SECOND_NANOS, SECOND_NANOS);
        }
    }

    static Cluster cluster() {
        Cluster cluster = new Cluster("inventory", new StillTime());
        cluster.endpoints(FOUR);
        cluster.ejections().allow(0.5);
        return cluster;
    }
}
