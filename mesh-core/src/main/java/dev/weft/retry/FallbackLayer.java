package dev.weft.retry;

import dev.weft.call.Filter;
import dev.weft.call.FixedAnswers;
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
                    + " answered; over gRPC there is fallback.service.");
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

    private static final Logger log = LoggerFactory.getLogger(FallbackLayer.class);

    @Override
    public String name() {
        return "fallback";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(SERVICE, STATUS, BODY, CONTENT_TYPE);
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
        int status = policy.get(STATUS);
        if (status == 0) {
            return null;
        }
        FixedAnswers<R> answers = fit.wire().fixedAnswers();
        if (answers == null) {
            log.warn(
                    "{}: fallback.status: {} is for HTTP; calls over {} get no fixed answer, use fallback.service for them",
                    fit.service(),
                    status,
                    fit.wire().protocol());
            return null;
        }
        String type = policy.get(CONTENT_TYPE);
        String body = policy.get(BODY);
        return call -> answers.make(call, status, type, body);
    }
}
