package dev.weft.bench.faults;

import dev.weft.bench.faults.peers.Peers;
import dev.weft.bench.faults.scenario.Live;
import dev.weft.simulator.measure.Results;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Lanes side by side, among which the kinds of client are dealt: 500 requests a second leave most of two cores idle. A kind
 * stays in its lane, which does one thing at a time.
 */
final class Lanes implements AutoCloseable {
    private static final int COUNT = 2;

    private final List<Lane> lanes = new ArrayList<>();
    private final List<ExecutorService> threads = new ArrayList<>();
    private final Map<Peers, Integer> dealt = new EnumMap<>(Peers.class);

    Lanes(List<Peers> peers) throws IOException {
        for (int i = 0; i < Math.min(COUNT, peers.size()); i++) {
            lanes.add(new Lane(i));
            threads.add(Executors.newSingleThreadExecutor());
        }
        for (Peers peer : peers) {
            dealt.put(peer, dealt.size() % lanes.size());
        }
    }

    Future<Results> run(Live live, Peers peer) {
        int lane = dealt.getOrDefault(peer, 0);
        return threads.get(lane).submit(() -> lanes.get(lane).run(live, peer));
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::shutdownNow);
        lanes.forEach(Lane::close);
    }
}
