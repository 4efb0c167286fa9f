package dev.weft.consul;

import dev.weft.endpoint.Resolver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Endpoints from Consul's health endpoint, one blocking query for each service watched. */
final class ConsulResolver implements Resolver {
    private final ConsulHttp http;
    private final String kind;
    private final Set<ConsulWatch> watches = ConcurrentHashMap.newKeySet();

    /** @param kind {@code service} for all instances, {@code connect} for those that speak Connect's mTLS */
    ConsulResolver(ConsulHttp http, String kind) {
        this.http = http;
        this.kind = kind;
    }

    @Override
    public Watch watch(String service, Listener listener) {
        if (service.isBlank()) {
            throw new IllegalArgumentException("a service needs a name");
        }
        ServiceWatch subject = new ServiceWatch(http.config(), kind, service, listener);
        ConsulWatch watch = new ConsulWatch(http, subject.toString(), subject);
        watches.add(watch);
        watch.start();
        return () -> {
            watches.remove(watch);
            watch.close();
        };
    }

    @Override
    public void close() {
        watches.forEach(ConsulWatch::close);
        watches.clear();
    }
}
