package dev.weft.consul;

import dev.weft.consul.testkit.ConsulAgent;
import java.util.Map;

/** Shorthand for what operators and services tell Consul. */
final class Registered {
    private Registered() {}

    static void service(ConsulAgent agent, String name, String id, int port) {
        service(agent, name, id, port, Map.of());
    }

    static void service(ConsulAgent agent, String name, String id, int port, Map<String, Object> more) {
        Map<String, Object> body = new java.util.HashMap<>(more);
        body.putIfAbsent("Name", name);
        body.putIfAbsent("ID", id);
        body.putIfAbsent("Port", port);
        agent.api().put("/v1/agent/service/register", json(body));
    }

    static void gone(ConsulAgent agent, String id) {
        agent.api().put("/v1/agent/service/deregister/" + id, "");
    }

    static String json(Object value) {
        return new String(Json.write(value), java.nio.charset.StandardCharsets.UTF_8);
    }
}
