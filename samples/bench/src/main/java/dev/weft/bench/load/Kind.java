package dev.weft.bench.load;

import java.util.List;
import java.util.stream.Stream;

/** A kind of client that is compared with others; the process in which it runs is told its name. */
interface Kind {
    /** Among all kinds, whatever they speak. */
    String name();

    /** As tables name it. */
    String title();

    /** What its figures are put in relation to. */
    Kind base();

    /** Makes it, within its own process, to call what listens there, {@code host:port} each. */
    Client make(List<String> addresses);

    /** How many proxies stand between it and the servers. */
    default int hops() {
        return 0;
    }

    static Kind named(String name) {
        return Stream.of(List.of(Clients.values()), List.of(GrpcClients.values()), BalancedClient.all())
                .flatMap(List<? extends Kind>::stream)
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }
}
