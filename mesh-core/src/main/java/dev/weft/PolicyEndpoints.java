package dev.weft;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import dev.weft.policy.LayerValues;
import dev.weft.policy.PolicyStore;
import dev.weft.stack.DiscoverySettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints that policy writes out ({@code discovery.endpoints}) before those that another source finds: what makes
 * a policy file all that a mesh without a registry needs, and what lets operators pin a service.
 */
final class PolicyEndpoints implements Resolver {
    private final PolicyStore policies;
    private final Resolver otherwise;
    private final List<Watching> watches = new CopyOnWriteArrayList<>();

    PolicyEndpoints(PolicyStore policies, Resolver otherwise) {
        this.policies = policies;
        this.otherwise = otherwise;
        policies.onChange(snapshot -> watches.forEach(Watching::tell));
    }

    @Override
    public Watch watch(String service, Listener listener) {
        Watching watching = new Watching(service, listener);
        watches.add(watching);
        try {
            watching.tell();
            Watch found = otherwise.watch(service, watching);
            return () -> {
                end(watching);
                found.close();
            };
        } catch (RuntimeException | Error e) {
            end(watching);
            throw e;
        }
    }

    private void end(Watching watching) {
        watches.remove(watching);
        watching.end();
    }

    @Override
    public void publish(MeterRegistry registry) {
        otherwise.publish(registry);
    }

    @Override
    public void close() {
        otherwise.close();
    }

    /** One service: the last word of the other source is kept for when policy has none. */
    private final class Watching implements Listener {
        private final String service;
        private final Listener listener;
        private final ReentrantLock lock = new ReentrantLock();
        private List<Endpoint> told = List.of();
        private @Nullable List<Endpoint> found;
        private @Nullable String trouble;
        private boolean ended;

        Watching(String service, Listener listener) {
            this.service = service;
            this.listener = listener;
        }

        @Override
        public void endpoints(List<Endpoint> endpoints) {
            lock.lock();
            try {
                found = endpoints;
                trouble = null;
                if (!ended && pinned().isEmpty()) {
                    listener.endpoints(endpoints);
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void failed(String reason) {
            lock.lock();
            try {
                trouble = reason;
                if (!ended && pinned().isEmpty()) {
                    listener.failed(reason);
                }
            } finally {
                lock.unlock();
            }
        }

        /** Policy may say something else than before. */
        void tell() {
            lock.lock();
            try {
                List<Endpoint> pinned = pinned();
                if (ended || pinned.equals(told)) {
                    return;
                }
                told = pinned;
                if (!pinned.isEmpty()) {
                    listener.endpoints(pinned);
                } else if (found != null) {
                    listener.endpoints(found);
                } else if (trouble != null) {
                    listener.failed(trouble);
                }
            } finally {
                lock.unlock();
            }
        }

        /** From here on nothing is told: policy may be telling just now. */
        void end() {
            lock.lock();
            try {
                ended = true;
            } finally {
                lock.unlock();
            }
        }

        private List<Endpoint> pinned() {
            return policies.current()
                    .service(service)
                    .policy(-1, LayerValues.NONE)
                    .get(DiscoverySettings.ENDPOINTS);
        }
    }
}
