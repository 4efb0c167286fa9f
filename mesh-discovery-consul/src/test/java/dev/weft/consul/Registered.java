package dev.weft.consul;

import dev.weft.consul.testkit.ConsulAgent;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
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

    /** As an operator does it: by giving the authority a new key. */
    static void newAuthorityKey(ConsulAgent agent) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        agent.api()
                .put(
                        "/v1/connect/ca/configuration",
                        json(Map.of(
                                "Provider",
                                "consul",
                                "Config",
                                Map.of("PrivateKey", key, "LeafCertTTL", "72h", "RotationPeriod", "2160h"))));
    }
}
