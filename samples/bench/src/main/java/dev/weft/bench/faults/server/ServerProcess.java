package dev.weft.bench.faults.server;

import dev.weft.bench.faults.scenario.Live;
import dev.weft.bench.faults.scenario.Orders;
import dev.weft.bench.faults.scenario.Start;
import java.io.IOException;
import java.io.PrintStream;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The servers, in a process of their own, told line by line: {@code open SCENARIO http|grpc} prints the ports,
 * {@code go MOMENT} begins, {@code close} prints what they saw.
 */
public final class ServerProcess implements Orders {
    private final Loop loop = Loop.start();
    private final Ports ports;
    private @Nullable Fleet fleet;

    private ServerProcess(Ports ports) {
        this.ports = ports;
    }

    /** @param args a number that no other such process has */
    public static void main(String[] args) {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        Orders.fromInput(() -> new ServerProcess(new Ports(Long.parseLong(args[0]))));
    }

    @Override
    public void follow(String[] words, PrintStream answers) throws IOException {
        Fleet open = fleet;
        if (words[0].equals("open")) {
            open(Live.of(words[1]), words[2].equals("grpc"), answers);
        } else if (words[0].equals("go") && open != null) {
            open.begin(Start.at(Long.parseLong(words[1])));
            answers.println("going");
        } else if (words[0].equals("close") && open != null) {
            open.close();
            open.journal().tell(answers);
            fleet = null;
        } else {
            throw new IOException("not understood: " + String.join(" ", words));
        }
    }

    private void open(Live live, boolean grpc, PrintStream answers) throws IOException {
        Fleet opened = new Fleet(live.scenario(), grpc, loop, ports);
        answers.println(opened.ports().stream().map(String::valueOf).collect(Collectors.joining(" ")));
        fleet = opened;
    }
}
