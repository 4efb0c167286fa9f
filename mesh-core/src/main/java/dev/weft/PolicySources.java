package dev.weft;

import dev.weft.endpoint.Resolver;
import dev.weft.endpoint.Resolvers;
import dev.weft.policy.LayerValues;
import dev.weft.policy.Policy;
import dev.weft.policy.PolicyStore;
import dev.weft.stack.DiscoverySettings;
import dev.weft.stack.DiscoverySettings.Combine;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sources that have names, so that policy can say for each service which of them are asked ({@code discovery.sources})
 * and how they are put together ({@code discovery.combine}). While another choice takes over, the last list stays.
 */
final class PolicySources implements Resolver {
    private final PolicyStore policies;
    private final Map<String, Resolver> named;
    private final @Nullable Resolver otherwise;
    private final List<Watching> watches = new CopyOnWriteArrayList<>();

    /** @param otherwise for services of which policy says nothing; without one, all sources in their order */
    PolicySources(PolicyStore policies, Map<String, Resolver> named, @Nullable Resolver otherwise) {
        this.policies = policies;
        this.named = new LinkedHashMap<>(named);
        this.otherwise = otherwise;
        policies.onChange(snapshot -> watches.forEach(Watching::follow));
    }

    @Override
    public Watch watch(String service, Listener listener) {
        Watching watching = new Watching(service, listener);
        watches.add(watching);
        try {
            watching.follow();
        } catch (RuntimeException | Error e) {
            watching.close();
            throw e;
        }
        return watching;
    }

    @Override
    public void publish(MeterRegistry registry) {
        named.values().forEach(source -> source.publish(registry));
        if (otherwise != null) {
            otherwise.publish(registry);
        }
    }

    @Override
    public void close() {
        named.values().forEach(Resolver::close);
        if (otherwise != null) {
            otherwise.close();
        }
    }

    private record Choice(List<String> sources, Combine combine) {}

    private Choice choice(String service) {
        Policy policy = policies.current().service(service).policy(-1, LayerValues.NONE);
        return new Choice(policy.get(DiscoverySettings.SOURCES), policy.get(DiscoverySettings.COMBINE));
    }

    private Watch open(Choice choice, String service, Listener listener) {
        if (choice.sources.isEmpty() && otherwise != null) {
            return otherwise.watch(service, listener);
        }
        // Policy is written for every process alike: a source that this one does not have is passed over.
        Resolver[] chosen = (choice.sources.isEmpty() ? named.keySet() : choice.sources)
                .stream().distinct().map(named::get).filter(Objects::nonNull).toArray(Resolver[]::new);
        if (chosen.length == 0) {
            listener.failed("discovery.sources are " + choice.sources + ", but this process has " + named.keySet());
            return () -> {};
        }
        return (choice.combine == Combine.UNION ? Resolvers.union(chosen) : Resolvers.fallback(chosen))
                .watch(service, listener);
    }

    /** One service, and what is watched for it now. */
    private final class Watching implements Watch {
        private final String service;
        private final Listener listener;
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable Choice choice;
        private @Nullable Watch watch;
        private boolean closed;

        Watching(String service, Listener listener) {
            this.service = service;
            this.listener = listener;
        }

        /** Policy may say something else than before. */
        void follow() {
            lock.lock();
            try {
                Choice next = choice(service);
                if (closed || next.equals(choice)) {
                    return;
                }
                choice = next;
                if (watch != null) {
                    watch.close();
                }
                watch = open(next, service, listener);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            watches.remove(this);
            lock.lock();
            try {
                closed = true;
                if (watch != null) {
                    watch.close();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
