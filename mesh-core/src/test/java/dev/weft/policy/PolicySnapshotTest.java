package dev.weft.policy;

import static dev.weft.policy.Samples.ATTEMPTS;
import static dev.weft.policy.Samples.BALANCER;
import static dev.weft.policy.Samples.BUDGET;
import static dev.weft.policy.Samples.DEADLINE;
import static dev.weft.policy.Samples.POLICY;
import static dev.weft.policy.Samples.SETTINGS;
import static dev.weft.policy.Samples.STATUSES;
import static dev.weft.policy.Samples.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicySnapshotTest {
    private static final LayerValues DECLARED = LayerValues.builder(Layer.ANNOTATION)
            .set(DEADLINE, Duration.ofSeconds(7), "Api.stock @Timeout")
            .set(ATTEMPTS, 1, "Api.stock @Set")
            .set(Samples.BODY, 10L, "Api.stock @Set")
            .build();

    private static Policy policy(PolicySnapshot snapshot, String service, String method, String path) {
        ServicePolicies policies = snapshot.service(service);
        return policies.policy(policies.routeOf(method, path), DECLARED);
    }

    @Test
    void laterLayersWinFieldByFieldAndEachValueKnowsItsOrigin() {
        ApplicationPolicy application = ApplicationPolicy.builder(SETTINGS)
                .set("retry.attempts", "4")
                .set("retry.maxBody", "1KiB")
                .set("inventory", "balancer.zone", "north")
                .build();
        Policy policy = policy(snapshot(POLICY, application), "inventory", "GET", "/items/7");

        assertThat(policy.route()).isEqualTo("read");
        assertThat(policy.get(DEADLINE)).isEqualTo(Duration.ofMillis(300));
        assertThat(policy.origin(DEADLINE)).isEqualTo(new Origin(Layer.ROUTE, "policy.yaml:13:27"));
        assertThat(policy.get(ATTEMPTS)).isEqualTo(3);
        assertThat(policy.origin(ATTEMPTS)).isEqualTo(new Origin(Layer.DEFAULTS, "policy.yaml:4:21"));
        assertThat(policy.get(STATUSES)).containsExactly(502, 503);
        assertThat(policy.get(BALANCER)).isEqualTo(Samples.Kind.PEAK_EWMA);
        assertThat(policy.get(BUDGET)).isEqualTo(0.1);
        assertThat(policy.origin(BUDGET)).isEqualTo(new Origin(Layer.SERVICE, "policy.yaml:9:23"));
        assertThat(policy.get(Samples.BODY)).isEqualTo(1024);
        assertThat(policy.origin(Samples.BODY).layer()).isEqualTo(Layer.APPLICATION);
        assertThat(policy.get(Samples.ZONE)).isEqualTo("north");
        assertThat(policy.get(Samples.IDEMPOTENT)).isFalse();
        assertThat(policy.origin(Samples.IDEMPOTENT)).isEqualTo(Origin.BUILT_IN);
    }

    @Test
    void annotationsHoldWhereNobodyStrongerSpeaks() {
        Policy policy = policy(PolicySnapshot.builtIn(SETTINGS, ApplicationPolicy.NONE), "inventory", "GET", "/");

        assertThat(policy.get(DEADLINE)).isEqualTo(Duration.ofSeconds(7));
        assertThat(policy.origin(DEADLINE)).isEqualTo(new Origin(Layer.ANNOTATION, "Api.stock @Timeout"));
    }

    @Test
    void firstMatchingRouteWins() {
        ServicePolicies inventory = snapshot(POLICY).service("inventory");

        assertThat(inventory.routeOf("GET", "/items")).isEqualTo(0);
        assertThat(inventory.routeOf("HEAD", "/items/1/bookings")).isEqualTo(0);
        assertThat(inventory.routeOf("POST", "/items/1/bookings")).isEqualTo(1);
        assertThat(inventory.routeOf("POST", "/items/1/2/bookings")).isEqualTo(-1);
        assertThat(inventory.routeOf("GET", "/itemsandmore")).isEqualTo(-1);
        assertThat(snapshot(POLICY).service("pricing").routeOf("GET", "/items")).isEqualTo(-1);
    }

    @Test
    void servicesNobodySpeaksOfHaveTheDefaultsAndAreNotKeptWithoutBound() {
        PolicySnapshot snapshot = snapshot(POLICY);

        assertThat(snapshot.service("other")).isSameAs(snapshot.service("other"));
        assertThat(policy(snapshot, "other", "GET", "/items").get(DEADLINE)).isEqualTo(Duration.ofSeconds(2));
        for (int i = 0; i < 5_000; i++) {
            assertThat(snapshot.service("hostile-" + i)
                            .policy(-1, LayerValues.NONE)
                            .get(DEADLINE))
                    .isEqualTo(Duration.ofSeconds(2));
        }
        assertThat(snapshot.service("hostile-4999")).isNotSameAs(snapshot.service("hostile-4999"));
        assertThat(snapshot.service("inventory")).isSameAs(snapshot.service("inventory"));
    }

    @Test
    void explainNamesEverySettingWithValueAndOrigin() {
        Explanation explanation = snapshot(POLICY).explain("inventory", "GET", "/items/7", DECLARED);

        assertThat(explanation.rows())
                .extracting(Policy.Explained::key)
                .containsExactlyElementsOf(
                        SETTINGS.all().stream().map(Setting::key).toList());
        assertThat(explanation.toString())
                .startsWith("service inventory, route read, policy built-in\n")
                .contains("deadline.total      300ms       policy route (policy.yaml:13:27)\n")
                .contains("retry.maxBody       10          annotation (Api.stock @Set)\n")
                .contains("idempotent          false       built-in default\n");
        assertThat(List.of(explanation.toString().split("\n", -1)))
                .hasSize(SETTINGS.all().size() + 2);
    }
}
