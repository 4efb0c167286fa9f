package dev.weft.stack;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * The figures that a service's layers show of their state: what is left of a budget, how a breaker stands. Layers put
 * them here, and whoever publishes metrics reads them, without one knowing of the other. Thread-safe.
 */
public final class Gauges {
    private final ConcurrentMap<Id, Gauge> gauges = new ConcurrentHashMap<>();
    private final List<Consumer<Gauge>> watchers = new CopyOnWriteArrayList<>();

    /**
     * Shows a figure, in place of an earlier one of the same name and tags. To be called whenever a filter is made.
     *
     * @param name what it is called in metrics: {@code weft.client.retry.budget}; always the same tag keys with it
     * @param doc one sentence for people
     * @param figure read when somebody looks, from any thread; must be cheap and must not throw
     * @param tags keys and values by turns, besides the service; from a bounded set
     */
    public void show(String name, String doc, DoubleSupplier figure, String... tags) {
        if (tags.length % 2 != 0) {
            throw new IllegalArgumentException("gauge " + name + ": tags are keys and values by turns");
        }
        Id id = new Id(name, List.of(tags));
        Gauge fresh = new Gauge(name, doc, id.tags, figure);
        Gauge shown = gauges.putIfAbsent(id, fresh);
        if (shown == null) {
            watchers.forEach(watcher -> watcher.accept(fresh));
        } else {
            shown.figure = figure;
        }
    }

    /** Has {@code watcher} told of every gauge, those of now and those to come; of some twice where both happen at once. */
    public void watch(Consumer<Gauge> watcher) {
        watchers.add(watcher);
        gauges.values().forEach(watcher);
    }

    /** Ends what {@link #watch} began. */
    public void unwatch(Consumer<Gauge> watcher) {
        watchers.remove(watcher);
    }

    /** A figure that somebody shows. */
    public static final class Gauge {
        private final String name;
        private final String doc;
        private final List<String> tags;
        private volatile DoubleSupplier figure;

        private Gauge(String name, String doc, List<String> tags, DoubleSupplier figure) {
            this.name = name;
            this.doc = doc;
            this.tags = tags;
            this.figure = figure;
        }

        public String name() {
            return name;
        }

        public String doc() {
            return doc;
        }

        /** Keys and values by turns. */
        public List<String> tags() {
            return tags;
        }

        /** The figure as it stands. */
        public double value() {
            return figure.getAsDouble();
        }
    }

    private record Id(String name, List<String> tags) {
        // Written out: a start needs it, and would have to link the compiler's (0146).
        @Override
        public int hashCode() {
            return name.hashCode() * 31 + tags.hashCode();
        }
    }
}
