package dev.weft.bench.faults.load;

import dev.weft.bench.faults.peers.Around;
import dev.weft.bench.faults.peers.Peer;
import dev.weft.bench.faults.peers.Peers;
import dev.weft.bench.faults.scenario.Journal;
import dev.weft.bench.faults.scenario.Live;
import dev.weft.bench.faults.scenario.Orders;
import dev.weft.bench.faults.scenario.Start;
import dev.weft.simulator.scenario.Scenario;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one kind, in a process of their own, told line by line: {@code make SCENARIO PORT...} makes them anew,
 * {@code go MOMENT} makes the requests and prints what came of them.
 */
public final class ClientProcess implements Orders {
    private final Peers kind;
    private @Nullable Scenario scenario;
    private List<Peer> clients = List.of();

    private ClientProcess(Peers kind) {
        this.kind = kind;
    }

    /** @param args the kind, as the command calls it */
    public static void main(String[] args) {
        System.setProperty("io.netty.transport.noNative", "true");
        System.setProperty("com.linecorp.armeria.transportType", "nio");
        Logger.getLogger("").setLevel(Level.WARNING);
        Orders.fromInput(() -> new ClientProcess(Peers.of(args[0])));
    }

    @Override
    public void follow(String[] words, PrintStream answers) throws IOException {
        Scenario made = scenario;
        if (words[0].equals("make")) {
            scenario = make(Live.of(words[1]).scenario(), ports(words));
            answers.println("made");
        } else if (words[0].equals("go") && made != null) {
            go(made, Start.at(Long.parseLong(words[1])), answers);
        } else {
            throw new IOException("not understood: " + String.join(" ", words));
        }
    }

    private static List<Integer> ports(String[] words) {
        return Arrays.stream(words, 2, words.length).map(Integer::valueOf).toList();
    }

    private Scenario make(Scenario wanted, List<Integer> ports) {
        clients = IntStream.range(0, wanted.clients())
                .mapToObj(number -> kind.make(new Around(wanted, ports, number)))
                .toList();
        return wanted;
    }

    private void go(Scenario made, Start start, PrintStream answers) {
        Journal journal = new Journal();
        clients.forEach(client -> client.begin(start));
        new OpenLoop(made, clients, start, journal).run();
        clients.forEach(client -> journal.add("refused " + client.refused()));
        clients.forEach(Peer::close);
        journal.tell(answers);
    }
}
