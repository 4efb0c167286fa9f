package dev.weft.simulator.scenario;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be simulated. Immutable; times are nanoseconds since the world began.
 *
 * @param name what to call it: a word
 * @param about a sentence on it; may be empty
 * @param seed where all chance begins
 * @param durationNanos for how long requests are made
 * @param fromNanos what began before is not counted
 * @param clients processes that call
 * @param application what the clients' own applications set, each key with values that are dealt to them in turn
 * @param load requests per second, in the order of time; at least one
 * @param deadlineNanos how long callers wait
 * @param policy the policy's text; empty for the built-in one
 * @param oneWayNanos how long a message takes from one process to another
 * @param fleet the servers; the first group's service is the one that clients call
 * @param faults what befalls them
 * @param targets what is wanted of it
 */
public record Scenario(
        String name,
        String about,
        long seed,
        long durationNanos,
        long fromNanos,
        int clients,
        Map<String, List<String>> application,
        List<Load> load,
        long deadlineNanos,
        String policy,
        long oneWayNanos,
        List<Group> fleet,
        List<Fault> faults,
        List<Target> targets) {

    /** The service that clients call. */
    public String service() {
        return fleet.get(0).service();
    }

    /** The services in the order in which the fleet names them. */
    public List<String> services() {
        return fleet.stream().map(Group::service).distinct().toList();
    }

    /** The same with other chance, other clients or another policy, where these are given. */
    public Scenario with(@Nullable Long otherSeed, @Nullable Integer otherClients, @Nullable String otherPolicy) {
        return new Scenario(
                name,
                about,
                otherSeed == null ? seed : otherSeed,
                durationNanos,
                fromNanos,
                otherClients == null ? clients : otherClients,
                application,
                load,
                deadlineNanos,
                otherPolicy == null ? policy : otherPolicy,
                oneWayNanos,
                fleet,
                faults,
                targets);
    }

    /**
     * The same with another number of servers, or another load, where these are given, at the same utilisation.
     *
     * @param servers of the service that clients call, 1 or more; its groups and other services keep their proportion
     * @param rate the first load, above 0; later ones keep their proportion
     */
    public Scenario sized(@Nullable Integer servers, @Nullable Double rate) {
        return servers == null && rate == null ? this : new Resizing(this, servers, rate).scenario();
    }

    Scenario with(List<Group> otherFleet, List<Load> otherLoad, List<Fault> otherFaults) {
        return new Scenario(
                name,
                about,
                seed,
                durationNanos,
                fromNanos,
                clients,
                application,
                otherLoad,
                deadlineNanos,
                policy,
                oneWayNanos,
                otherFleet,
                otherFaults,
                targets);
    }
}
