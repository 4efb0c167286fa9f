package dev.weft.testkit;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A source of endpoints that says what a test has it say, at once and on the test's own thread. Thread-safe. */
public final class ScriptedResolver implements Resolver {
    private final ReentrantLock turn = new ReentrantLock();
    private final Map<String, List<Endpoint>> known = new HashMap<>();
    private final Set<Scripted> watches = new LinkedHashSet<>();
    private @Nullable String trouble;

    /** Has these addresses, {@code host:port} each, told as the whole list of the service. */
    public void serve(String service, String... addresses) {
        serve(service, Arrays.stream(addresses).map(Endpoint::parse).toList());
    }

    /** Has these endpoints told as the whole list of the service; while it fails, when it is mended. */
    public void serve(String service, List<Endpoint> endpoints) {
        turn.lock();
        try {
            known.put(service, List.copyOf(endpoints));
            tell(service);
        } finally {
            turn.unlock();
        }
    }

    /** Has two or more of these told as the whole list of the service, as chance has it, with weights of 1 to 3. */
    public void serveSome(String service, List<Endpoint> endpoints, Random chance) {
        List<Endpoint> listed = new ArrayList<>(endpoints);
        Collections.shuffle(listed, chance);
        serve(
                service,
                listed.subList(0, 2 + chance.nextInt(listed.size() - 1)).stream()
                        .map(endpoint -> endpoint.withWeight(1 + chance.nextInt(3)))
                        .toList());
    }

    /** Can learn nothing from now on, for that reason. */
    public void fail(String reason) {
        turn.lock();
        try {
            trouble = reason;
            known.keySet().forEach(this::tell);
        } finally {
            turn.unlock();
        }
    }

    /** Can learn again. */
    public void mend() {
        turn.lock();
        try {
            trouble = null;
            known.keySet().forEach(this::tell);
        } finally {
            turn.unlock();
        }
    }

    /** How many watches are open. */
    public int watches() {
        turn.lock();
        try {
            return watches.size();
        } finally {
            turn.unlock();
        }
    }

    @Override
    public Watch watch(String service, Listener listener) {
        turn.lock();
        try {
            Scripted watch = new Scripted(service, listener);
            watches.add(watch);
            known.putIfAbsent(service, List.of());
            tell(watch);
            return () -> end(watch);
        } finally {
            turn.unlock();
        }
    }

    private void end(Scripted watch) {
        turn.lock();
        try {
            watches.remove(watch);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            watches.clear();
        } finally {
            turn.unlock();
        }
    }

    private void tell(String service) {
        List.copyOf(watches).stream()
                .filter(watch -> watch.service.equals(service))
                .forEach(this::tell);
    }

    private void tell(Scripted watch) {
        if (trouble != null) {
            watch.listener.failed(trouble);
        } else {
            watch.listener.endpoints(known.getOrDefault(watch.service, List.of()));
        }
    }

    /** Compared by identity: a service may be watched twice by one listener. */
    private static final class Scripted {
        final String service;
        final Listener listener;

        Scripted(String service, Listener listener) {
            this.service = service;
            this.listener = listener;
        }
    }
}
