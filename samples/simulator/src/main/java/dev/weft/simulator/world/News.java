package dev.weft.simulator.world;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Discovery: tells everybody at once which servers there are. */
final class News implements Resolver {
    private final Servers servers;
    private final Set<Server> gone = new HashSet<>();
    private final Map<String, List<Listener>> listeners = new LinkedHashMap<>();

    News(Servers servers) {
        this.servers = servers;
    }

    @Override
    public Watch watch(String service, Listener listener) {
        List<Listener> told = listeners.computeIfAbsent(service, s -> new ArrayList<>());
        told.add(listener);
        listener.endpoints(endpoints(service));
        return () -> told.remove(listener);
    }

    void left(Server server) {
        if (gone.add(server)) {
            tell(server.group().service());
        }
    }

    void returned(Server server) {
        if (gone.remove(server)) {
            tell(server.group().service());
        }
    }

    private void tell(String service) {
        List<Endpoint> now = endpoints(service);
        List.copyOf(listeners.getOrDefault(service, List.of())).forEach(listener -> listener.endpoints(now));
    }

    private List<Endpoint> endpoints(String service) {
        return servers.all().stream()
                .filter(server -> server.group().service().equals(service) && !gone.contains(server))
                .map(servers::endpoint)
                .toList();
    }
}
