package dev.weft.policy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * All that policy says at one moment, ready for use. Immutable: a change of policy is another snapshot, and a call
 * finishes on the one it began with. Thread-safe.
 */
public final class PolicySnapshot {
    /** Services of which nobody speaks are remembered up to this number; names may come from outside. */
    private static final int MOST_UNNAMED = 1_000;

    private final Settings settings;
    private final PolicyRevision revision;
    private final LayerValues defaults;
    private final Map<String, ServicePolicies> named;
    private final ConcurrentMap<String, ServicePolicies> unnamed = new ConcurrentHashMap<>();

    PolicySnapshot(Settings settings, ApplicationPolicy application, PolicyDocument document, PolicyRevision revision) {
        this.settings = settings;
        this.revision = revision;
        this.defaults = document.defaults().over(application.defaults());
        Set<String> names = new HashSet<>(application.services().keySet());
        names.addAll(document.services().keySet());
        Map<String, ServicePolicies> built = new HashMap<>();
        for (String name : names) {
            LayerValues own = application.services().getOrDefault(name, LayerValues.NONE);
            PolicyDocument.Section section = document.services().get(name);
            LayerValues shared = document.defaults().over(own.over(application.defaults()));
            built.put(
                    name,
                    section == null
                            ? new ServicePolicies(settings, name, shared, List.of())
                            : new ServicePolicies(
                                    settings, name, section.values().over(shared), section.routes()));
        }
        this.named = Map.copyOf(built);
    }

    /** What holds without a shared policy. */
    public static PolicySnapshot builtIn(Settings settings, ApplicationPolicy application) {
        return new PolicySnapshot(settings, application, PolicyDocument.EMPTY, PolicyRevision.BUILT_IN);
    }

    /** What holds with {@code document} as the shared policy. */
    public static PolicySnapshot of(
            Settings settings, ApplicationPolicy application, PolicyDocument document, PolicyRevision revision) {
        return new PolicySnapshot(settings, application, document, revision);
    }

    public PolicyRevision revision() {
        return revision;
    }

    public Settings settings() {
        return settings;
    }

    /** The policies of a service, whether or not anybody speaks of it. */
    public ServicePolicies service(String name) {
        ServicePolicies found = named.get(name);
        if (found == null) {
            found = unnamed.get(name);
        }
        if (found == null) {
            found = new ServicePolicies(settings, name, defaults, List.of());
            if (unnamed.size() < MOST_UNNAMED) {
                ServicePolicies first = unnamed.putIfAbsent(name, found);
                return first == null ? found : first;
            }
        }
        return found;
    }

    /**
     * Each effective value of one kind of call, with the layer and place that set it.
     *
     * @param declared what annotations say; {@link LayerValues#NONE} where there are none
     */
    public Explanation explain(String service, String method, String path, LayerValues declared) {
        ServicePolicies policies = service(service);
        Policy policy = policies.policy(policies.routeOf(method, path), declared);
        return new Explanation(service, policy.route(), revision, policy.explain());
    }
}
