package dev.weft.consul;

import dev.weft.endpoint.Resolver;
import dev.weft.policy.PolicySource;

/**
 * A Consul datacenter as Weft uses it: services, policy, identity, and the place where processes tell how they
 * are. Nothing here needs Consul to be there; each part keeps trying until it is closed. Thread-safe.
 */
public final class Consul implements AutoCloseable {
    private final ConsulHttp http;
    private final Closing closing = new Closing();

    Consul(ConsulConfig config) {
        this.http = new ConsulHttp(config);
    }

    /** The agent at that address, such as {@code http://127.0.0.1:8500}, without a token. */
    public static Consul connect(String address) {
        return builder().address(address).build();
    }

    public static ConsulBuilder builder() {
        return new ConsulBuilder();
    }

    /** Finds the instances of services by {@code /v1/health/service}. */
    public Resolver resolver() {
        return closing.add(new ConsulResolver(http, "service"));
    }

    /** Finds the instances that speak Connect's mTLS, by {@code /v1/health/connect}. */
    public Resolver connectResolver() {
        return closing.add(new ConsulResolver(http, "connect"));
    }

    /** The policy text under one key, such as {@code weft/policy}. */
    public PolicySource policy(String key) {
        return closing.add(new ConsulPolicySource(http, KvKey.checked(key)));
    }

    /** Ends all that was taken from here, with its threads. */
    @Override
    public void close() {
        closing.close();
        http.close();
    }
}
