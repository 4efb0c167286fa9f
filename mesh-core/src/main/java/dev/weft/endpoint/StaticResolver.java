package dev.weft.endpoint;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Endpoints that are known beforehand. Immutable. */
public final class StaticResolver implements Resolver {
    private final Map<String, List<Endpoint>> services;

    private StaticResolver(Map<String, List<Endpoint>> services) {
        this.services = Map.copyOf(services);
    }

    /** Knows no service yet. */
    public static StaticResolver empty() {
        return new StaticResolver(Map.of());
    }

    /**
     * With the endpoints of one service more.
     *
     * @param addresses {@code host:port} each
     * @throws IllegalArgumentException where one is no address
     */
    public StaticResolver with(String service, String... addresses) {
        return with(service, Arrays.stream(addresses).map(Endpoint::parse).toList());
    }

    public StaticResolver with(String service, List<Endpoint> endpoints) {
        Map<String, List<Endpoint>> more = new HashMap<>(services);
        more.put(service, List.copyOf(endpoints));
        return new StaticResolver(more);
    }

    @Override
    public Watch watch(String service, Listener listener) {
        List<Endpoint> endpoints = services.get(service);
        if (endpoints == null) {
            listener.failed("no static endpoints of '" + service + "'; known are " + services.keySet());
        } else {
            listener.endpoints(endpoints);
        }
        return () -> {};
    }
}
