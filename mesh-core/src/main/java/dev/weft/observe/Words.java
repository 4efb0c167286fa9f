package dev.weft.observe;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.MeshException;
import io.opentelemetry.api.common.AttributeKey;
import org.jspecify.annotations.Nullable;

/** What spans, metrics and log call things, and how they put what happened into words. */
final class Words {
    // OpenTelemetry semantic conventions 1.44.
    static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");
    static final AttributeKey<String> PEER_ADDRESS = AttributeKey.stringKey("network.peer.address");
    static final AttributeKey<Long> PEER_PORT = AttributeKey.longKey("network.peer.port");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    static final AttributeKey<Long> RESEND_COUNT = AttributeKey.longKey("http.request.resend_count");
    // Ours.
    static final AttributeKey<String> SERVICE = AttributeKey.stringKey("weft.service");
    static final AttributeKey<String> ROUTE = AttributeKey.stringKey("weft.route");
    static final AttributeKey<String> FATE = AttributeKey.stringKey("weft.fate");
    static final AttributeKey<String> VERDICT = AttributeKey.stringKey("weft.verdict");
    static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("weft.attempts");

    /** The label of what has none: some registries refuse an empty one. */
    static final String NONE = "none";

    private Words() {}

    /** What was thrown instead of an answer, or broke its body off; null where nothing was. */
    static @Nullable Throwable failure(Call call) {
        return call.outcome() instanceof Failure<?> failure ? failure.cause() : call.bodyFailure();
    }

    /**
     * A failure for people. Only Weft's own messages are known to hold no secret; of anything else its type is told.
     */
    static String describe(Throwable failure) {
        return failure instanceof MeshException
                ? String.valueOf(failure.getMessage())
                : failure.getClass().getName();
    }

    static String orNone(String label) {
        return label.isEmpty() ? NONE : label;
    }
}
