package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.endpoint.Health;
import dev.weft.policy.PolicyRevision;
import dev.weft.policy.PolicyStatus;
import dev.weft.rate.RateShares;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The rights that docs/consul.md asks for are enough, in a real Consul that denies all else. */
class DocumentedRightsTest {
    private static final Pattern RULES = Pattern.compile("```hcl\n(.*?)```", Pattern.DOTALL);

    @Test
    void aTokenWithTheDocumentedRightsCanDoEverything() throws Exception {
        Matcher rules = RULES.matcher(Files.readString(Path.of("..", "docs", "consul.md")));
        assertThat(rules.find()).isTrue();
        try (ConsulAgent agent = ConsulAgent.builder()
                .acl("11111111-2222-3333-4444-555555555555")
                .start()) {
            agent.api().put("/v1/acl/policy", Registered.json(Map.of("Name", "documented", "Rules", rules.group(1))));
            agent.api().put("/v1/kv/weft/policy", "a: b");
            String token = "99999999-2222-3333-4444-555555555555";
            agent.api()
                    .put("/v1/acl/token", "{\"SecretID\":\"" + token + "\",\"Policies\":[{\"Name\":\"documented\"}]}");
            try (Consul consul =
                    Consul.builder().address(agent.url()).token(token).build()) {
                SeenPolicy policy = new SeenPolicy();
                SeenEndpoints endpoints = new SeenEndpoints();
                SeenIdentity identity = new SeenIdentity();
                consul.policy("weft/policy").start(policy);
                consul.resolver().watch("storefront", endpoints);
                consul.identity("storefront").start(identity);
                ConsulStatus status = consul.status("storefront", "one");
                status.report(
                        new PolicyStatus(PolicyStatus.State.NONE, PolicyRevision.BUILT_IN, null, "", Instant.EPOCH));
                AtomicReference<Double> share = new AtomicReference<>(0.0);
                RateShares.Party party = new RateShares.Party() {
                    @Override
                    public long asked() {
                        return 0;
                    }

                    @Override
                    public void share(double fresh) {
                        share.set(fresh);
                    }
                };
                consul.rateShares("one", 2).lease("client/storefront", party);
                ConsulRegistration registration = consul.register(Registration.of("storefront", 81));

                policy.awaitLast("text a: b");
                endpoints.awaitHealth(Health.HEALTHY);
                identity.awaitIdentity(SeenEndpoints.LONG, i -> true);
                Awaitility.await()
                        .atMost(SeenEndpoints.LONG)
                        .untilAsserted(() -> assertThat(consul.statuses()).hasSize(1));
                // Told and listed: it is alone.
                Awaitility.await()
                        .atMost(SeenEndpoints.LONG)
                        .until(() -> Double.valueOf(1).equals(share.get()));
                registration.health(Health.DRAINING);
                endpoints.awaitHealth(Health.DRAINING);
                registration.close();
                endpoints.awaitSize(0);
                status.close();
                assertThat(consul.statuses()).isEmpty();
            }
        }
    }
}
