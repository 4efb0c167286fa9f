package dev.weft.retry;

import dev.weft.call.Filter;
import dev.weft.call.Substitute;
import dev.weft.policy.Policy;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Stackable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers in place of a service that has not, where all has been tried that may be. */
public final class FallbackLayer implements Stackable {
    public static final Setting<String> SERVICE = Setting.route(
            "fallback.service",
            SettingTypes.text("off|[A-Za-z0-9._-]{1,253}", "the name of a service, or off"),
            "off",
            "The service that is asked the same when this one has not answered, within what is left of the deadline.");
    public static final Setting<Integer> STATUS = Setting.route(
            "fallback.status",
            SettingTypes.countOrOff(200, 599),
            0,
            "HTTP only: the status of the fixed answer that callers get when neither this service nor its fallback has"
                    + " answered; over gRPC it is fallback.message.");
    public static final Setting<String> BODY = Setting.route(
            "fallback.body",
            SettingTypes.text("[\\s\\S]{0,65536}", "text of at most 65536 characters"),
            "",
            "The body of that answer, as UTF-8.");
    public static final Setting<String> CONTENT_TYPE = Setting.route(
            "fallback.contentType",
            SettingTypes.text("[!-~]{1,127}/[ -~]{1,127}", "a media type such as application/json"),
            "application/json",
            "Its Content-Type.");
    public static final Setting<String> MESSAGE = Setting.route(
            "fallback.message",
            SettingTypes.text(
                    "off|(?:[A-Za-z0-9+/]{4}){0,5461}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
                    "the base64 of at most 16 KiB, without line breaks, or off"),
            "off",
            "gRPC only, unary calls: the message of the fixed answer, as base64 of its protobuf bytes; empty is a message with"
                    + " all fields at their defaults.");

    private static final Logger log = LoggerFactory.getLogger(FallbackLayer.class);

    @Override
    public String name() {
        return "fallback";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(SERVICE, STATUS, BODY, CONTENT_TYPE, MESSAGE);
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        Policy policy = fit.policy();
        String service = policy.get(SERVICE);
        boolean elsewhere = !service.equals(SERVICE.builtIn()) && !service.equals(fit.service());
        Substitute<R> code = fit.alternatives().substitute(fit.service());
        Substitute<R> fixed = fixed(fit, policy);
        if (!elsewhere && code == null && fixed == null) {
            return null;
        }
        return new FallbackFilter<>(fit, elsewhere ? service : null, code, fixed, policy.get(RetryLayer.IDEMPOTENT));
    }

    private static <R> @Nullable Substitute<R> fixed(Fit<R> fit, Policy policy) {
        Substitute<R> fixed = fit.wire().fixedAnswer(policy);
        if (fixed == null && (policy.get(STATUS) > 0 || !policy.get(MESSAGE).equals(MESSAGE.builtIn()))) {
            log.warn(
                    "{}: calls over {} get no fixed answer: fallback.status is that of HTTP, fallback.message that of gRPC",
                    fit.service(),
                    fit.wire().protocol());
        }
        return fixed;
    }
}
