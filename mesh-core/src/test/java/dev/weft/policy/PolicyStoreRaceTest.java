package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Race;
import dev.weft.testkit.ScriptedPolicySource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PolicyStoreRaceTest {
    private static final Setting<Integer> ATTEMPTS =
            Setting.route("retry.attempts", SettingTypes.count(1, 1_000_000), 1, "attempts");
    private static final Setting<Integer> RETRIES =
            Setting.service("limits.retries", SettingTypes.count(1, 1_000_000), 1, "retries");

    @Test
    void whoReadsWhilePolicyChangesSeesOneWholePolicyAndNeverAnOlderOneThanBefore() {
        Settings settings = Settings.of(List.of(ATTEMPTS, RETRIES));
        ScriptedPolicySource source = new ScriptedPolicySource();
        AtomicInteger version = new AtomicInteger(1);
        try (PolicyStore store =
                new PolicyStore(settings, ApplicationPolicy.builder(settings).build(), new FakeTime())) {
            store.start(source, null);
            Race.rounds(500, () -> {
                int now = version.incrementAndGet();
                return Race.of(
                        () -> assertThat(attempts(store)).isEqualTo(now),
                        () -> source.says(
                                "weft: 1\ndefaults: {retry: {attempts: " + now + "}, limits: {retries: " + now + "}}"),
                        () -> watch(store),
                        () -> watch(store));
            });
        }
    }

    private static void watch(PolicyStore store) {
        int before = 0;
        for (int i = 0; i < 50; i++) {
            int now = attempts(store);
            assertThat(now).isGreaterThanOrEqualTo(before);
            before = now;
        }
    }

    private static int attempts(PolicyStore store) {
        Policy policy = store.current().service("inventory").policy(-1, LayerValues.NONE);
        assertThat(policy.get(RETRIES)).isEqualTo(policy.get(ATTEMPTS));
        return policy.get(ATTEMPTS);
    }
}
