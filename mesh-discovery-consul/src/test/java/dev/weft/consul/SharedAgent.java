package dev.weft.consul;

import dev.weft.consul.testkit.ConsulAgent;
import org.jspecify.annotations.Nullable;

/** One agent for all tests that harm nobody: they use names of their own. Ends with the JVM. */
final class SharedAgent {
    private static @Nullable ConsulAgent agent;

    private SharedAgent() {}

    static synchronized ConsulAgent get() {
        ConsulAgent started = agent;
        if (started == null) {
            started = ConsulAgent.start();
            agent = started;
        }
        return started;
    }
}
