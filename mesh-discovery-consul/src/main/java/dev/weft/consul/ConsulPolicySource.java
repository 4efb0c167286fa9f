package dev.weft.consul;

import dev.weft.policy.PolicySource;
import org.jspecify.annotations.Nullable;

/** The policy text under one key of Consul's key-value store, read with default consistency. */
final class ConsulPolicySource implements PolicySource {
    private final ConsulHttp http;
    private final String key;
    private volatile @Nullable ConsulWatch watch;

    ConsulPolicySource(ConsulHttp http, String key) {
        this.http = http;
        this.key = key;
    }

    @Override
    public String name() {
        return "consul kv " + key;
    }

    @Override
    public void start(Listener listener) {
        watch = new ConsulWatch(http, "policy " + key, new PolicyKey(http.config(), key, name(), listener)).start();
    }

    @Override
    public void close() {
        ConsulWatch running = watch;
        if (running != null) {
            running.close();
        }
    }
}
