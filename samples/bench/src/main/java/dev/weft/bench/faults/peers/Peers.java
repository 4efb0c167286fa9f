package dev.weft.bench.faults.peers;

import dev.weft.simulator.scenario.Fault;
import dev.weft.simulator.scenario.Group;
import dev.weft.simulator.scenario.Scenario;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The kinds of client that are compared; each has one configuration for all scenarios. */
public enum Peers {
    WEFT("Weft"),
    WEFT_GRPC("Weft, gRPC"),
    OKHTTP_R4J("OkHttp + Resilience4j"),
    ARMERIA("Armeria"),
    SERVICETALK("ServiceTalk"),
    FINAGLE("Finagle"),
    GRPC("gRPC-Java"),
    HAPROXY("HAProxy");

    private final String title;

    Peers(String title) {
        this.title = title;
    }

    /** What the command calls it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException where there is no such client; names those that there are */
    public static Peers of(String word) {
        return Arrays.stream(values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no client is called '" + word + "'; there are "
                        + Arrays.stream(values()).map(Peers::word).collect(Collectors.joining(", "))));
    }

    public String title() {
        return title;
    }

    public Peer make(Around around) {
        return switch (this) {
            case WEFT -> new WeftHttp(around);
            case WEFT_GRPC -> new WeftGrpc(around);
            case OKHTTP_R4J -> new OkHttpResilience4j(around);
            case ARMERIA -> new Armeria(around);
            case SERVICETALK -> new ServiceTalk(around);
            case FINAGLE -> new Finagle(around);
            case GRPC -> new GrpcJava(around);
            case HAPROXY -> new HaProxy(around);
        };
    }

    public boolean grpc() {
        return this == WEFT_GRPC || this == GRPC;
    }

    /** Whether it tells how many connects were refused. */
    public boolean countsRefused() {
        return this == WEFT || this == WEFT_GRPC || this == OKHTTP_R4J;
    }

    /** Whether it can take part: in a chain servers call by Weft, and what discovery tells the others are not told here. */
    public boolean fits(Scenario scenario) {
        boolean chain = scenario.fleet().stream().map(Group::calls).anyMatch(calls -> !calls.isEmpty());
        boolean news = scenario.faults().stream().anyMatch(Peers::announced);
        return switch (this) {
            case WEFT -> true;
            case WEFT_GRPC -> !chain;
            default -> !chain && !news;
        };
    }

    private static boolean announced(Fault fault) {
        return fault.kind() == Fault.Kind.DRAIN && fault.newsNanos() >= 0;
    }
}
