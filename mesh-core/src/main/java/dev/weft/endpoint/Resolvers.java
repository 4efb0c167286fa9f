package dev.weft.endpoint;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sources of endpoints put together. Each closes what it is made of. */
public final class Resolvers {
    private Resolvers() {}

    /**
     * The endpoints of all sources together; where two know one that is connected to at the same address, the earlier
     * source's word counts.
     */
    public static Resolver union(Resolver... sources) {
        return new Combined(List.of(sources), Resolvers::merge);
    }

    /** The endpoints of the first source that knows any; later ones serve while it knows none. */
    public static Resolver fallback(Resolver... sources) {
        return new Combined(List.of(sources), Resolvers::first);
    }

    /** A source of its own for some services, {@code otherwise} for all others. */
    public static Resolver perService(Map<String, Resolver> sources, Resolver otherwise) {
        return new PerService(Map.copyOf(sources), otherwise);
    }

    private static @Nullable List<Endpoint> merge(List<@Nullable List<Endpoint>> answers) {
        List<Endpoint> all = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (List<Endpoint> answer : answers) {
            if (answer != null) {
                List<Endpoint> more = answer.stream()
                        .filter(endpoint -> endpoint.targets().stream().noneMatch(taken::contains))
                        .toList();
                more.forEach(endpoint -> taken.addAll(endpoint.targets()));
                all.addAll(more);
            }
        }
        return sure(List.copyOf(all), answers);
    }

    private static @Nullable List<Endpoint> first(List<@Nullable List<Endpoint>> answers) {
        for (List<Endpoint> answer : answers) {
            if (answer != null && !answer.isEmpty()) {
                return answer;
            }
        }
        return sure(List.of(), answers);
    }

    /** That there is none is known only when all have said so. */
    private static @Nullable List<Endpoint> sure(List<Endpoint> combined, List<@Nullable List<Endpoint>> answers) {
        return combined.isEmpty() && answers.stream().anyMatch(Objects::isNull) ? null : combined;
    }

    private record Combined(
            List<Resolver> sources, Function<List<@Nullable List<Endpoint>>, @Nullable List<Endpoint>> rule)
            implements Resolver {
        @Override
        public Watch watch(String service, Listener listener) {
            Combining combining = new Combining(sources.size(), rule, listener);
            List<Watch> watches = new ArrayList<>();
            Watch all = () -> {
                combining.close();
                watches.forEach(Watch::close);
            };
            try {
                for (int i = 0; i < sources.size(); i++) {
                    watches.add(sources.get(i).watch(service, combining.source(i)));
                }
            } catch (RuntimeException | Error e) {
                all.close();
                throw e;
            }
            return all;
        }

        @Override
        public void publish(MeterRegistry registry) {
            sources.forEach(source -> source.publish(registry));
        }

        @Override
        public void close() {
            sources.forEach(Resolver::close);
        }
    }

    private record PerService(Map<String, Resolver> sources, Resolver otherwise) implements Resolver {
        @Override
        public Watch watch(String service, Listener listener) {
            return sources.getOrDefault(service, otherwise).watch(service, listener);
        }

        @Override
        public void publish(MeterRegistry registry) {
            sources.values().forEach(source -> source.publish(registry));
            otherwise.publish(registry);
        }

        @Override
        public void close() {
            sources.values().forEach(Resolver::close);
            otherwise.close();
        }
    }

    /** The last answers of several sources to one watch; the lock keeps calls to the listener apart. */
    private static final class Combining {
        private final Function<List<@Nullable List<Endpoint>>, @Nullable List<Endpoint>> rule;
        private final Resolver.Listener listener;
        private final ReentrantLock lock = new ReentrantLock();
        private final List<@Nullable List<Endpoint>> answers = new ArrayList<>();
        private final List<@Nullable String> troubles = new ArrayList<>();
        private boolean closed;

        Combining(
                int sources,
                Function<List<@Nullable List<Endpoint>>, @Nullable List<Endpoint>> rule,
                Resolver.Listener listener) {
            this.rule = rule;
            this.listener = listener;
            for (int i = 0; i < sources; i++) {
                answers.add(null);
                troubles.add(null);
            }
        }

        Resolver.Listener source(int i) {
            return new Resolver.Listener() {
                @Override
                public void endpoints(List<Endpoint> endpoints) {
                    tell(i, List.copyOf(endpoints), null);
                }

                @Override
                public void failed(String reason) {
                    tell(i, null, reason);
                }
            };
        }

        private void tell(int i, @Nullable List<Endpoint> endpoints, @Nullable String trouble) {
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                troubles.set(i, trouble);
                if (endpoints != null) {
                    answers.set(i, endpoints);
                }
                List<Endpoint> combined = rule.apply(answers);
                if (endpoints != null && combined != null) {
                    listener.endpoints(combined);
                } else if (heardFromAll() && (combined == null || !troubles.contains(null))) {
                    listener.failed(String.join(
                            "; ", troubles.stream().filter(Objects::nonNull).toList()));
                }
            } finally {
                lock.unlock();
            }
        }

        private boolean heardFromAll() {
            for (int i = 0; i < answers.size(); i++) {
                if (answers.get(i) == null && troubles.get(i) == null) {
                    return false;
                }
            }
            return true;
        }

        void close() {
            lock.lock();
            try {
                closed = true;
            } finally {
                lock.unlock();
            }
        }
    }
}
