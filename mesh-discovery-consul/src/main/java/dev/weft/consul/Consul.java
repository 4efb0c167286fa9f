package dev.weft.consul;

import dev.weft.endpoint.Resolver;
import dev.weft.identity.IdentitySource;
import dev.weft.policy.PolicySource;
import dev.weft.rate.RateShares;
import java.io.IOException;
import java.util.List;

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

    /** The identity that Connect gives to the service of that name; this process must be allowed to write it. */
    public IdentitySource identity(String service) {
        if (service.isBlank()) {
            throw new IllegalArgumentException("a service needs a name");
        }
        return closing.add(new ConsulIdentitySource(http, service));
    }

    /**
     * Tells operators how it stands with the policy in this process: {@code status(app, id).follow(mesh.policy())}.
     *
     * @param app what the application is called
     * @param instance which of its processes this is; two at a time must not have the same name
     */
    public ConsulStatus status(String app, String instance) {
        return closing.add(new ConsulStatus(http, app, instance));
    }

    /**
     * What every running process tells of its policy. Waits for Consul's answer.
     *
     * @throws IOException when Consul cannot be read, with the reason
     */
    public List<InstanceStatus> statuses() throws IOException {
        try (Kiwi kiwi = http.kiwi()) {
            return StatusText.list(kiwi);
        }
    }

    /**
     * Divides the rates that policy says are shared ({@code rate.shared}) among all processes that take part, through the
     * key-value store under {@code weft/rates/}: {@code Mesh.builder().rateShares(...)}, and the mesh closes it.
     *
     * @param instance which of the processes this is; two at a time must not have the same name
     * @param expected how many there are, 1 or more; counts until Consul has answered for the first time
     */
    public RateShares rateShares(String instance, int expected) {
        return closing.add(new ConsulRateShares(http, instance, expected));
    }

    /** Puts this process into Consul's list of services, until what is returned is closed. */
    public ConsulRegistration register(Registration registration) {
        return closing.add(new ConsulRegistration(http, registration));
    }

    /** Ends all that was taken from here, with its threads. */
    @Override
    public void close() {
        closing.close();
        http.close();
    }
}
