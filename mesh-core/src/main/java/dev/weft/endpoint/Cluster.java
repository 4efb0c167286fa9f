package dev.weft.endpoint;

import dev.weft.time.Time;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of one service, kept up to date by a {@link Resolver}.
 *
 * <p>Readers see one volatile, immutable list. Updates are applied one at a time and touch only what changed:
 * a node whose address stays keeps its connections and all it has learnt. An update of n endpoints costs O(n). Of two
 * endpoints with one address the first counts.
 */
public final class Cluster implements Resolver.Listener, AutoCloseable {
    private final String service;
    private final Time time;
    private final Ejections ejections;
    private final Backlog backlog;
    private final ReentrantLock updates = new ReentrantLock();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private Map<String, Node> byAddress = Map.of();
    private volatile List<Node> nodes = List.of();
    private volatile boolean resolved;
    private volatile @Nullable String trouble;
    private volatile boolean closed;

    public Cluster(String service, Time time) {
        this.service = service;
        this.time = time;
        this.ejections = new Ejections(() -> nodes, time, this::changed);
        this.backlog = new Backlog(time.nanos());
    }

    private void changed() {
        watchers.forEach(Runnable::run);
    }

    /** The nodes that outlier detection keeps traffic from. */
    public Ejections ejections() {
        return ejections;
    }

    /** The calls to the service that wait for an answer. */
    public Backlog backlog() {
        return backlog;
    }

    public String service() {
        return service;
    }

    /** The nodes as they are now; immutable. */
    public List<Node> nodes() {
        return nodes;
    }

    /** Whether discovery has answered at least once. */
    public boolean resolved() {
        return resolved;
    }

    /** Why discovery could not answer last time, if it could not. */
    public @Nullable String trouble() {
        return trouble;
    }

    /** Has {@code watcher} run after each change, on the thread that made it. The same list told again is none. */
    public void onChange(Runnable watcher) {
        watchers.add(watcher);
    }

    public void removeOnChange(Runnable watcher) {
        watchers.remove(watcher);
    }

    @Override
    public void endpoints(List<Endpoint> endpoints) {
        List<Node> gone = new ArrayList<>();
        updates.lock();
        try {
            if (closed) {
                return;
            }
            boolean news = !resolved || trouble != null;
            long now = time.nanos();
            Map<String, Node> next = new LinkedHashMap<>(endpoints.size() * 2);
            for (Endpoint endpoint : endpoints) {
                String address = endpoint.address();
                if (next.containsKey(address)) {
                    continue;
                }
                Node node = byAddress.get(address);
                if (node == null) {
                    node = new Node(service, endpoint, now);
                    news = true;
                } else if (!node.endpoint().equals(endpoint)) {
                    node.endpoint(endpoint);
                    news = true;
                }
                next.put(address, node);
            }
            for (Node node : byAddress.values()) {
                if (!next.containsKey(node.address())) {
                    gone.add(node);
                }
            }
            if (!news && gone.isEmpty()) {
                return;
            }
            byAddress = next;
            nodes = List.copyOf(next.values());
            resolved = true;
            trouble = null;
        } finally {
            updates.unlock();
        }
        ejections.review();
        changed();
        gone.forEach(Node::remove);
    }

    /** This process's own checks of a node have come to something else. */
    public void healthChanged() {
        ejections.review();
        changed();
    }

    @Override
    public void failed(String reason) {
        trouble = reason;
        changed();
    }

    /** Takes every node out; running attempts end by themselves. */
    @Override
    public void close() {
        List<Node> gone;
        updates.lock();
        try {
            closed = true;
            gone = nodes;
            nodes = List.of();
            byAddress = Map.of();
        } finally {
            updates.unlock();
        }
        ejections.review();
        changed();
        gone.forEach(Node::remove);
    }
}
