package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import dev.weft.policy.ApplicationPolicy;
import dev.weft.policy.PolicyStore;
import dev.weft.policy.Settings;
import dev.weft.stack.DiscoverySettings;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedPolicySource;
import dev.weft.testkit.ScriptedResolver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which of the named sources serve a service, as policy says it. */
final class PolicySourcesTest {
    private final ScriptedPolicySource policy = new ScriptedPolicySource();
    private final PolicyStore policies = policies();
    private final ScriptedResolver dns = new ScriptedResolver();
    private final ScriptedResolver consul = new ScriptedResolver();
    private final Resolver sources = new PolicySources(policies, named(), null);
    private final List<String> told = new ArrayList<>();

    private PolicyStore policies() {
        Settings settings = Settings.of(DiscoverySettings.ALL);
        PolicyStore store =
                new PolicyStore(settings, ApplicationPolicy.builder(settings).build(), new FakeTime());
        store.start(policy, null);
        return store;
    }

    private Map<String, Resolver> named() {
        Map<String, Resolver> named = new LinkedHashMap<>();
        named.put("dns", dns);
        named.put("consul", consul);
        return named;
    }

    @BeforeEach
    void serve() {
        dns.serve("shop", "10.0.0.1:80");
        consul.serve("shop", "10.0.0.2:80");
    }

    private Resolver.Watch watch(Resolver resolver) {
        return resolver.watch("shop", new Resolver.Listener() {
            @Override
            public void endpoints(List<Endpoint> endpoints) {
                told.add(endpoints.stream().map(Endpoint::address).toList().toString());
            }

            @Override
            public void failed(String reason) {
                told.add(reason);
            }
        });
    }

    private String last() {
        return told.get(told.size() - 1);
    }

    private void policy(String discovery) {
        policy.says("weft: 1\nservices:\n  shop:\n    discovery: " + discovery + "\n");
    }

    @Test
    void withoutAWordOfPolicyTheFirstThatKnowsAnyServes() {
        watch(sources);
        assertThat(last()).isEqualTo("[10.0.0.1:80]");
        dns.serve("shop");
        assertThat(last()).isEqualTo("[10.0.0.2:80]");
    }

    @Test
    void policyChoosesAndChangesTheSourcesOfAServiceWhileItIsWatched() {
        watch(sources);
        policy("{sources: [consul]}");
        assertThat(last()).isEqualTo("[10.0.0.2:80]");
        assertThat(dns.watches()).as("nobody asks it any more").isZero();
        policy("{sources: [consul, dns], combine: union}");
        assertThat(last()).isEqualTo("[10.0.0.2:80, 10.0.0.1:80]");
        policy("{sources: [consul, dns]}");
        assertThat(last()).isEqualTo("[10.0.0.2:80]");
        consul.serve("shop");
        assertThat(last()).isEqualTo("[10.0.0.1:80]");
    }

    @Test
    void aChangeThatDoesNotConcernItOpensNoOtherWatch() {
        policy("{sources: [dns]}");
        watch(sources);
        int before = told.size();
        policy("{sources: [dns], wait: 3s}");
        assertThat(told).hasSize(before);
        assertThat(dns.watches()).isOne();
    }

    @Test
    void aSourceThatThisProcessDoesNotHaveIsPassedOver() {
        policy("{sources: [zookeeper, consul]}");
        watch(sources);
        assertThat(last()).isEqualTo("[10.0.0.2:80]");
        policy("{sources: [zookeeper]}");
        assertThat(last()).isEqualTo("discovery.sources are [zookeeper], but this process has [dns, consul]");
    }

    @Test
    void whatTheApplicationSaysServesWherePolicySaysNothing() {
        ScriptedResolver own = new ScriptedResolver();
        own.serve("shop", "10.0.0.9:80");
        watch(new PolicySources(policies, named(), own));
        assertThat(last()).isEqualTo("[10.0.0.9:80]");
        policy("{sources: [dns]}");
        assertThat(last()).isEqualTo("[10.0.0.1:80]");
    }

    @Test
    void aClosedWatchFollowsNothing() {
        Resolver.Watch watch = watch(sources);
        watch.close();
        int before = told.size();
        policy("{sources: [consul]}");
        dns.serve("shop", "10.0.0.3:80");
        assertThat(told).hasSize(before);
        assertThat(dns.watches() + consul.watches()).isZero();
    }

    @Test
    void namesOfSourcesAreCheckedWhereTheyAreGiven() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Mesh.builder().source("a b", dns))
                .withMessageContaining("'a b'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Mesh.builder().source("dns", dns).source("dns", consul))
                .withMessageContaining("two sources called 'dns'");
    }
}
