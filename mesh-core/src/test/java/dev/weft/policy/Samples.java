package dev.weft.policy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Settings of each type, and texts that use them. */
final class Samples {
    static final Setting<Duration> DEADLINE = Setting.route(
            "deadline.total",
            SettingTypes.durationOrOff(Duration.ofMillis(1), Duration.ofHours(1)),
            Duration.ofSeconds(10),
            "How long a call may take, all attempts included.");
    static final Setting<Integer> ATTEMPTS =
            Setting.route("retry.attempts", SettingTypes.count(1, 5), 3, "How many attempts a call may make.");
    static final Setting<Double> BUDGET = Setting.service(
            "retry.budget.ratio", SettingTypes.ratio(0, 1), 0.2, "Which share of calls may be retried.");
    static final Setting<List<Integer>> STATUSES =
            Setting.route("retry.statuses", SettingTypes.statuses(), List.of(502, 503, 504), "What is tried again.");
    static final Setting<Boolean> IDEMPOTENT =
            Setting.route("idempotent", SettingTypes.flag(), false, "Whether a call may be sent twice.");
    static final Setting<Kind> BALANCER =
            Setting.service("balancer.kind", SettingTypes.choice(Kind.class), Kind.LEAST, "How a node is picked.");
    static final Setting<Mode> BREAKER =
            Setting.route("breaker.mode", SettingTypes.choice(Mode.class), Mode.ENFORCE, "How far the breaker goes.");
    static final Setting<Long> BODY = Setting.route(
            "retry.maxBody", SettingTypes.bytes(0, 1 << 30), 65536L, "Which bodies are kept for a retry.");
    static final Setting<String> ZONE = Setting.service(
            "balancer.zone", SettingTypes.text("[a-z0-9-]{1,32}", "a zone's name"), "any", "Preferred.");

    static final Settings SETTINGS =
            Settings.of(List.of(DEADLINE, ATTEMPTS, BUDGET, STATUSES, IDEMPOTENT, BALANCER, BREAKER, BODY, ZONE));

    enum Kind {
        ROUND_ROBIN,
        LEAST,
        PEAK_EWMA
    }

    static final String POLICY = """
            weft: 1
            defaults:
              deadline: {total: 2s}
              retry: {attempts: 3, statuses: [502, 503]}
            services:
              inventory:
                balancer: {kind: peakEwma}
                retry:
                  budget: {ratio: 10%}
                routes:
                  - name: read
                    match: {method: [GET, HEAD], path: /items/**}
                    deadline: {total: 300ms}
                  - name: book
                    match: {method: POST, path: "/items/*/bookings"}
                    idempotent: true
                    breaker: {mode: observe}
              pricing:
                deadline: {total: off}
            """;

    private Samples() {}

    static PolicyText text(String yaml) {
        return new PolicyText("policy.yaml", yaml.getBytes(StandardCharsets.UTF_8), 7);
    }

    static PolicyDocument parse(String yaml) {
        return PolicyDocument.parse(text(yaml), SETTINGS);
    }

    static PolicySnapshot snapshot(String yaml) {
        return snapshot(yaml, ApplicationPolicy.NONE);
    }

    static PolicySnapshot snapshot(String yaml, ApplicationPolicy application) {
        return PolicySnapshot.of(SETTINGS, application, parse(yaml), PolicyRevision.BUILT_IN);
    }
}
