package dev.weft.policy;

import java.util.List;
import java.util.Map;

/**
 * A status that a server can answer with, in the words of either protocol: an HTTP status as its number, a gRPC status by
 * its name, which is kept as its code. The two have no number in common.
 */
final class StatusType implements SettingType<Integer> {
    private static final int MIN_HTTP = 100;
    private static final int MAX_HTTP = 599;
    /** By their codes, from 1 on. */
    private static final List<String> GRPC = List.of(
            "CANCELLED",
            "UNKNOWN",
            "INVALID_ARGUMENT",
            "DEADLINE_EXCEEDED",
            "NOT_FOUND",
            "ALREADY_EXISTS",
            "PERMISSION_DENIED",
            "RESOURCE_EXHAUSTED",
            "FAILED_PRECONDITION",
            "ABORTED",
            "OUT_OF_RANGE",
            "UNIMPLEMENTED",
            "INTERNAL",
            "UNAVAILABLE",
            "DATA_LOSS",
            "UNAUTHENTICATED");

    private final SettingType<Integer> http = SettingTypes.count(MIN_HTTP, MAX_HTTP);

    @Override
    public Integer parse(Object raw) {
        if (raw instanceof String text
                && !text.isBlank()
                && Character.isLetter(text.strip().charAt(0))) {
            String name = text.strip();
            int at = GRPC.indexOf(name);
            if (at < 0) {
                String nearest = Nearest.of(name, GRPC);
                throw new IllegalArgumentException(
                        nearest == null
                                ? "is the name of no gRPC status"
                                : "is the name of no gRPC status (did you mean " + nearest + "?)");
            }
            return at + 1;
        }
        return http.parse(raw);
    }

    @Override
    public String render(Integer status) {
        return status >= MIN_HTTP ? http.render(status) : GRPC.get(status - 1);
    }

    @Override
    public String expects() {
        return "an HTTP status of " + MIN_HTTP + " to " + MAX_HTTP
                + " or the name of a gRPC status, such as 500 or INTERNAL";
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("anyOf", List.of(http.schema(), Map.of("enum", GRPC)));
    }
}
