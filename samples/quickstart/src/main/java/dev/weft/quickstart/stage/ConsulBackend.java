package dev.weft.quickstart.stage;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.consul.Consul;
import dev.weft.consul.InstanceStatus;
import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.consul.testkit.ConsulApi;
import dev.weft.quickstart.shop.ConsulAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Consul: the policy under a key, the replicas in its catalog, everybody's identity from its Connect, and the
 * policy's status where operators list it. For use by one thread.
 */
public final class ConsulBackend implements Backend {
    private static final String KEY = "weft/quickstart/policy";
    private static final String APP = "storefront";
    private static final String INSTANCE =
            "quickstart-" + ProcessHandle.current().pid();

    private static final Logger log = LoggerFactory.getLogger(ConsulBackend.class);

    private final ConsulApi api;
    private final @Nullable ConsulAgent ours;
    private final Consul consul;

    private ConsulBackend(ConsulApi api, @Nullable ConsulAgent ours) {
        this.api = api;
        this.ours = ours;
        this.consul = ConsulAddress.client(api.url());
    }

    /** On a Consul of its own, which ends with it. */
    public static ConsulBackend started() {
        ConsulAgent agent = ConsulAgent.start();
        return new ConsulBackend(agent.api(), agent);
    }

    /** On a Consul that is there, such as {@code http://127.0.0.1:8500}, and is left as it was. */
    public static ConsulBackend at(String url) {
        ConsulBackend backend = new ConsulBackend(ConsulApi.at(url, ConsulAddress.token()), null);
        backend.checkUsable();
        return backend;
    }

    private void checkUsable() {
        for (String service : List.of("inventory", "pricing")) {
            if (!api.get("/v1/catalog/service/" + service).strip().equals("[]")) {
                throw new IllegalStateException("Consul at " + api.url() + " has a service " + service
                        + " already, whose callers this day would lead astray; use another Consul. (What a day that was"
                        + " cut off has left goes by itself after 10 minutes.)");
            }
        }
        if (!api.get("/v1/agent/connect/ca/roots").contains("\"TrustDomain\"")) {
            throw new IllegalStateException(
                    "Consul at " + api.url() + " has no Connect: set connect { enabled = true }");
        }
    }

    @Override
    public String name() {
        return "Consul at " + api.url() + ": policy under " + KEY + ", services in its catalog, mTLS by its Connect";
    }

    @Override
    public void save(String policy) {
        api.put("/v1/kv/" + KEY, policy);
    }

    @Override
    public List<String> replicaArguments() {
        return List.of(api.url());
    }

    @Override
    public void join(ReplicaProcess replica) {
        // Each has registered itself.
    }

    @Override
    public MeshBuilder mesh() {
        return Mesh.builder()
                .resolver(consul.connectResolver())
                .policy(consul.policy(KEY))
                .identity(consul.identity(APP))
                .with(mesh -> consul)
                .with(mesh -> consul.status(APP, INSTANCE).follow(mesh.policy()));
    }

    @Override
    public String published() {
        try {
            return consul.statuses().stream()
                    .filter(status -> status.instance().equals(INSTANCE))
                    .map(InstanceStatus::policy)
                    .map(policy -> policy.state() + " " + policy.reason())
                    .findFirst()
                    .orElse("nothing");
        } catch (IOException e) {
            return "cannot be read: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        consul.close();
        if (ours != null) {
            ours.close();
            return;
        }
        try {
            api.delete("/v1/kv/" + KEY);
        } catch (IllegalStateException | UncheckedIOException e) {
            log.warn("{} stays in Consul: {}", KEY, e.getMessage());
        }
    }
}
