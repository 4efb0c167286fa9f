package dev.weft.consul.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How an agent shall be. Without a word: one server, everything in memory, no access control. */
public final class ConsulAgentBuilder {
    private static final int PORTS_EACH = 5;
    private final List<String> config = new ArrayList<>();
    private final List<String> join = new ArrayList<>();
    private @Nullable String masterToken;
    private @Nullable String tls;
    private boolean durable;
    private boolean dns;
    private int servers = 1;
    private String node = "n1";

    ConsulAgentBuilder() {}

    /** Keeps its data in files, so that a restart finds them again. */
    public ConsulAgentBuilder durable() {
        durable = true;
        return this;
    }

    /** Access control on, everything denied to whoever has no token. */
    public ConsulAgentBuilder acl(String masterToken) {
        this.masterToken = masterToken;
        return config("acl { enabled = true default_policy = \"deny\" tokens { master = \"" + masterToken + "\" } }");
    }

    /**
     * HTTPS beside HTTP, refusing clients without a certificate of that authority.
     *
     * @param authority a PEM file, as the others
     */
    public ConsulAgentBuilder https(Path authority, Path certificate, Path key) {
        tls = "ca_file = \"" + authority + "\" cert_file = \"" + certificate + "\" key_file = \"" + key
                + "\" verify_incoming_https = true";
        return this;
    }

    /** Answers DNS questions too, at {@link ConsulAgent#dnsAddress}. */
    public ConsulAgentBuilder dns() {
        dns = true;
        return this;
    }

    /** More configuration, in Consul's own language (HCL). */
    public ConsulAgentBuilder config(String hcl) {
        config.add(hcl);
        return this;
    }

    /** Starts one agent and waits until it is ready. */
    public ConsulAgent start() {
        // Between finding a port free and taking it somebody else may take it.
        for (int attempt = 1; ; attempt++) {
            ConsulAgent agent = new ConsulAgent(this, folder(), FreePorts.run(PORTS_EACH));
            try {
                agent.launch();
                agent.awaitReady();
                return agent;
            } catch (IllegalStateException e) {
                if (attempt == 3) {
                    throw e;
                }
            }
        }
    }

    /** Starts {@code count} servers that elect a leader among them, and waits until all know it. */
    public List<ConsulAgent> startServers(int count) {
        servers = count;
        durable = true;
        int first = FreePorts.run(count * PORTS_EACH);
        for (int i = 0; i < count; i++) {
            join.add("127.0.0.1:" + (first + i * PORTS_EACH + 2));
        }
        List<ConsulAgent> agents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            node = "n" + (i + 1);
            ConsulAgent agent = new ConsulAgent(this, folder(), first + i * PORTS_EACH);
            agent.launch();
            agents.add(agent);
        }
        agents.forEach(ConsulAgent::awaitReady);
        return agents;
    }

    int servers() {
        return servers;
    }

    @Nullable
    String masterToken() {
        return masterToken;
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("weft-consul");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> command(Path binary, Path folder, int port) {
        List<String> words = new ArrayList<>(List.of(binary.toString(), "agent", "-node", node, "-log-level", "warn"));
        words.addAll(List.of("-bind", "127.0.0.1", "-client", "127.0.0.1", "-http-port", "" + port));
        words.addAll(List.of("-server-port", "" + (port + 1), "-serf-lan-port", "" + (port + 2)));
        words.addAll(List.of("-serf-wan-port", "-1", "-grpc-port", "-1"));
        words.addAll(List.of("-dns-port", dns ? "" + (port + 4) : "-1"));
        List<String> hcl = new ArrayList<>(config);
        if (tls != null) {
            hcl.add(tls + " ports { https = " + (port + 3) + " }");
        }
        if (durable) {
            words.addAll(List.of("-server", "-bootstrap-expect", "" + servers));
            words.addAll(List.of("-data-dir", folder.resolve("data").toString()));
            for (String peer : join) {
                words.addAll(List.of("-retry-join", peer));
            }
            // raft_multiplier 1: a leader within a second.
            hcl.add("connect { enabled = true } performance { raft_multiplier = 1 }");
        } else {
            words.add("-dev");
        }
        if (!hcl.isEmpty()) {
            Path file = folder.resolve("config.hcl");
            try {
                Files.writeString(file, String.join("\n", hcl) + "\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            words.addAll(List.of("-config-file", file.toString()));
        }
        return words;
    }
}
