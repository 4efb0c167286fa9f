package dev.weft.testkit;

import dev.weft.balance.BalancerKind;
import dev.weft.policy.SettingTypes;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A policy that changes under many calls: to any kind of balancer, and to limits, timeouts, breakers and more, by chance. */
public final class ChangingPolicy {
    /** What all have in common: calls that share answers, and a limit for each user. */
    private static final String ALL = """
            weft: 1
            defaults:
              deadline: {total: 500ms}
              collapse: {mode: on}
              rate: {limit: 1000/s, key: "header:x-user"}
              balancer: {hash: {key: "header:x-user", boundedLoad: 1.5}, subset: {size: %d}, slowStart: %s, kind: %s}
            """;

    private static final List<BalancerKind> KINDS = List.of(BalancerKind.values());
    private static final List<String> MORE = List.of(
            "",
            "  limits: {requests: 12, connections: 8, pending: 3}\n",
            "  retry: {perTry: 40ms}\n",
            "  breaker: {mode: enforce, open: 100ms}\n",
            "  ejection: {mode: off}\n",
            "  hedge: {maxExtraLoad: 0.1}\n");

    private final ScriptedPolicySource source;
    private final int servers;
    private final Random chance;
    private final List<String> more;

    /**
     * @param servers how many there are at most
     * @param more lines that only some transports, or meshes, know; indented by two
     */
    public ChangingPolicy(ScriptedPolicySource source, int servers, Random chance, String... more) {
        this.source = source;
        this.servers = servers;
        this.chance = chance;
        this.more = Stream.concat(MORE.stream(), Stream.of(more)).toList();
    }

    /** As it is at first. */
    public void usual() {
        says(servers, "off", BalancerKind.PEAK_EWMA, "");
    }

    /** Any other. */
    public void change() {
        says(
                2 + chance.nextInt(servers),
                chance.nextBoolean() ? "off" : "1s",
                KINDS.get(chance.nextInt(KINDS.size())),
                more.get(chance.nextInt(more.size())));
    }

    private void says(int subset, String slowStart, BalancerKind kind, String line) {
        String name = SettingTypes.choice(BalancerKind.class).render(kind);
        source.says(ALL.formatted(subset, slowStart, name) + line);
    }
}
