package dev.weft.bench.faults;

import dev.weft.bench.faults.load.ClientProcess;
import dev.weft.bench.faults.peers.Peers;
import dev.weft.bench.faults.scenario.Live;
import dev.weft.bench.faults.scenario.Start;
import dev.weft.bench.faults.server.ServerProcess;
import dev.weft.bench.load.Child;
import dev.weft.simulator.measure.Results;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A process of servers, and the clients whose turn it is on them, each kind in a process of its own. For one thread. */
final class Lane implements AutoCloseable {
    private static final long LEAD_MICROS = 300_000;

    private final Child servers;
    private final Map<Peers, Child> clients = new EnumMap<>(Peers.class);

    /** @param number of this lane */
    Lane(int number) throws IOException {
        servers = Child.java(ServerProcess.class, List.of(Integer.toString(number)));
    }

    /** Runs a scenario; the first time with clients of a kind these are warmed up before. */
    Results run(Live live, Peers kind) throws IOException {
        Child client = clients.get(kind);
        if (client == null) {
            client = Child.java(ClientProcess.class, List.of(kind.word()));
            clients.put(kind, client);
            run(new Live("S2", Math.min(live.seconds(), 5), live.seed(), true), kind, client);
        }
        return run(live, kind, client);
    }

    private Results run(Live live, Peers kind, Child client) throws IOException {
        String ports = servers.ask("open " + live.word() + (kind.grpc() ? " grpc" : " http"));
        client.ask("make " + live.word() + ' ' + ports);
        long start = Start.nowMicros() + LEAD_MICROS;
        servers.ask("go " + start);
        List<String> seen = lines(client, "go " + start);
        seen.addAll(lines(servers, "close"));
        return new Records(live.scenario(), seen).results();
    }

    private static List<String> lines(Child child, String question) throws IOException {
        int count = Integer.parseInt(child.ask(question));
        List<String> lines = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lines.add(child.read());
        }
        return lines;
    }

    @Override
    public void close() {
        clients.values().forEach(Child::close);
        servers.close();
    }
}
