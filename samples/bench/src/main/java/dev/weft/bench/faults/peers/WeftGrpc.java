package dev.weft.bench.faults.peers;

import dev.weft.bench.faults.scenario.Start;
import dev.weft.call.Criticality;
import dev.weft.grpc.MeshGrpc;
import io.grpc.Channel;
import io.opentelemetry.context.Scope;
import java.time.Duration;

/** Weft over gRPC, with its defaults. */
final class WeftGrpc implements Peer {
    private final Meshed meshed;
    private final Channel channel;
    private final Duration deadline;

    WeftGrpc(Around around) {
        meshed = new Meshed(around);
        channel = MeshGrpc.create(meshed.mesh()).channel(around.service());
        deadline = around.deadline();
    }

    @Override
    @SuppressWarnings("try") // a scope is there to be closed
    public void call(Criticality level, Done done) {
        try (Scope scope = level.makeCurrent()) {
            Stock.call(channel, deadline, done);
        }
    }

    @Override
    public void begin(Start start) {
        meshed.begin(start);
    }

    @Override
    public long refused() {
        return meshed.refused();
    }

    @Override
    public void close() {
        meshed.close();
    }
}
