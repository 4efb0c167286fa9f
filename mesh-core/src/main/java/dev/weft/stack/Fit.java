package dev.weft.stack;

import dev.weft.call.Wire;
import dev.weft.endpoint.Cluster;
import dev.weft.policy.Policy;
import dev.weft.time.Time;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What a layer is fitted to: one service, one policy, one transport.
 *
 * @param policy the effective policy of the route that the chain is for
 * @param cluster the service's nodes
 * @param wire the transport below
 * @param time the clock
 * @param random where chance comes from
 * @param state what outlives the policy, shared by all routes and transports of the service
 * @param alternatives what else there is when the service does not answer
 */
public record Fit<R>(
        Policy policy,
        Cluster cluster,
        Wire<R> wire,
        Time time,
        RandomGenerator random,
        ServiceState state,
        Alternatives<R> alternatives) {
    /** Without alternatives. */
    public Fit(Policy policy, Cluster cluster, Wire<R> wire, Time time, RandomGenerator random, ServiceState state) {
        this(policy, cluster, wire, time, random, state, Alternatives.none());
    }

    public String service() {
        return policy.service();
    }

    /** As {@link ServiceState#keep}. */
    public <T> T keep(String name, Object config, Supplier<T> make) {
        return state.keep(name, config, make);
    }
}
