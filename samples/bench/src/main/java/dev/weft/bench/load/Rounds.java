package dev.weft.bench.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The method: each kind of client lives in a process of its own and is warmed up; then, round after round, each runs
 * once for a short time, in a new random order. What is compared is what ran in the same round, so that a machine that
 * is busy at times does not favour anyone.
 */
final class Rounds implements AutoCloseable {
    private final Child replicas;
    private final Map<Kind, Child> subjects = new LinkedHashMap<>();
    private final Map<Kind, Proxies> proxies = new LinkedHashMap<>();
    private final Random random = new Random(1);

    /**
     * Starts clients; those that need what this machine has not are left out and said so.
     *
     * @param replicas the servers, which first say their ports; closed with the rest
     */
    Rounds(List<? extends Kind> clients, Child replicas) throws IOException, InterruptedException {
        this.replicas = replicas;
        int[] ports = Arrays.stream(replicas.read().split(" ", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
        @Nullable Path haproxy = Proxies.haproxy();
        for (Kind client : clients) {
            int[] to = ports;
            if (client.hops() > 0) {
                if (haproxy == null) {
                    System.err.println("no row for " + client.title() + ": haproxy is not installed");
                    continue;
                }
                Proxies row = new Proxies();
                proxies.put(client, row);
                to = new int[] {row.before(ports, client.hops(), haproxy)};
            }
            List<String> args = new ArrayList<>(List.of(client.name()));
            Arrays.stream(to).forEach(port -> args.add("127.0.0.1:" + port));
            subjects.put(client, Child.java(Subject.class, args));
        }
    }

    /** Has each run so many times, that its code is compiled and its connections are made. */
    void warm(int callers, int times, long millis) throws IOException {
        for (Kind client : subjects.keySet()) {
            for (int i = 0; i < times; i++) {
                run(client, callers, millis);
            }
        }
    }

    /** What each did, in each of so many rounds. */
    Map<Kind, List<Sample>> measure(int callers, int rounds, long millis) throws IOException {
        Map<Kind, List<Sample>> samples = new LinkedHashMap<>();
        List<Kind> order = new ArrayList<>(subjects.keySet());
        for (int round = 0; round < rounds; round++) {
            Collections.shuffle(order, random);
            for (Kind client : order) {
                samples.computeIfAbsent(client, c -> new ArrayList<>()).add(run(client, callers, millis));
            }
        }
        return samples;
    }

    /** What a client does that was started this moment: so many requests a second, or as many as it can for 0. */
    Sample cold(Kind client, int callers, long millis, int perSecond) throws IOException {
        return run(client, callers, millis, perSecond == 0 ? " cold" : " cold " + perSecond);
    }

    private Sample run(Kind client, int callers, long millis) throws IOException {
        return run(client, callers, millis, "");
    }

    private Sample run(Kind client, int callers, long millis, String how) throws IOException {
        Child subject = subjects.get(client);
        if (subject == null) {
            throw new IllegalArgumentException(client + " was not started");
        }
        Proxies between = proxies.get(client);
        long before = between == null ? 0 : between.cpuNanos();
        Sample sample = Sample.parse(subject.ask(callers + " " + millis + how));
        if (sample.failures() > 0) {
            System.err.println(client.title() + ": " + sample.failures() + " requests failed");
        }
        return between == null ? sample : sample.with(between.cpuNanos() - before);
    }

    @Override
    public void close() throws IOException {
        subjects.values().forEach(Child::close);
        for (Proxies row : proxies.values()) {
            row.close();
        }
        replicas.close();
    }
}
