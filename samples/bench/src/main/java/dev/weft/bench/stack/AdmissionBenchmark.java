package dev.weft.bench.stack;

import dev.weft.Mesh;
import dev.weft.admission.Admission;
import dev.weft.admission.Admission.End;
import dev.weft.admission.Refusal;
import dev.weft.call.Call;
import dev.weft.call.Criticality;
import dev.weft.call.Deadline;
import dev.weft.call.Pace;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.endpoint.Cluster;
import dev.weft.guard.BacklogLayer;
import dev.weft.guard.CriticalityLayer;
import dev.weft.guard.ThrottleLayer;
import dev.weft.policy.Policy;
import dev.weft.stack.Fit;
import dev.weft.stack.ServiceState;
import dev.weft.stack.Slot;
import dev.weft.stack.Stack;
import dev.weft.testkit.StillWire;
import dev.weft.time.Chance;
import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What admission costs a call: at its caller the adaptive limit, the throttle and criticality, that is {@link #caller} less
 * {@link #bare}; at the server {@link #server}. The call is one and the same, so that all that is allocated is theirs.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AdmissionBenchmark {
    /** A caller's thread. */
    @State(Scope.Thread)
    public static class Caller {
        private final Time time = Time.system();
        private final StillWire wire = new StillWire();
        private final Policy policy = Policy.builtIn("inventory");
        private final Fit<String> fit =
                new Fit<>(policy, new Cluster("inventory", time), wire, time, Chance.perThread(), new ServiceState());
        private final Service<String> chain = Stack.empty()
                .then(Slot.DEADLINE, new CriticalityLayer())
                .then(Slot.LIMIT, new BacklogLayer())
                .then(Slot.LIMIT, new ThrottleLayer())
                .build(fit);
        private final Context context = Criticality.arrived(Context.root().with(Criticality.SHEDDABLE_PLUS));
        private final Call call = new Call(new Object(), policy, Pace.blocking(time), context);

        /** A caller with an hour of time. */
        public Caller() {
            call.shorten(call.startNanos() + TimeUnit.HOURS.toNanos(1));
        }

        private Call sent() {
            call.waited(time.nanos());
            return call;
        }
    }

    /** A server, and a request that came to it. */
    @State(Scope.Benchmark)
    public static class Server {
        private final Mesh mesh =
                Mesh.builder().set("server.admission", "enforce").start();
        private final Admission admission = mesh.admission();
        private final Context context = Deadline.after(Duration.ofHours(1), mesh.time())
                .storeInContext(Context.root().with(Criticality.SHEDDABLE_PLUS));

        @TearDown
        public void close() {
            mesh.close();
        }
    }

    @Benchmark
    public Reply<String> bare(Caller caller) {
        return caller.wire.call(caller.sent());
    }

    @Benchmark
    public Reply<String> caller(Caller caller) {
        return caller.chain.call(caller.sent());
    }

    @Benchmark
    public @Nullable Refusal server(Server server) {
        long now = server.mesh.time().nanos();
        Refusal refusal = server.admission.admit(server.context, null, now);
        if (refusal == null) {
            server.admission.ended(now, End.ANSWERED);
        }
        return refusal;
    }
}
