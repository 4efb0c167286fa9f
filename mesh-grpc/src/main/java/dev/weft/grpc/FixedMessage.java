package dev.weft.grpc;

import dev.weft.call.Substitute;
import dev.weft.policy.Policy;
import dev.weft.retry.FallbackLayer;
import io.grpc.MethodDescriptor;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The message that policy has in place of an answer. */
final class FixedMessage {
    private FixedMessage() {}

    /** For unary calls only; null where there is none. */
    static @Nullable Substitute<Answer> of(Policy policy) {
        String text = policy.get(FallbackLayer.MESSAGE);
        if (text.equals(FallbackLayer.MESSAGE.builtIn())) {
            return null;
        }
        Bytes message = new Bytes(Base64.getDecoder().decode(text));
        return (call, failed) -> {
            MethodDescriptor<?, ?> method = ((Outgoing<?>) call.request()).method;
            if (method.getType() != MethodDescriptor.MethodType.UNARY) {
                return null;
            }
            check(method, message);
            return WholeAnswer.of(message);
        };
    }

    /** One that the application cannot read would leave it worse off than the failure. */
    private static void check(MethodDescriptor<?, ?> method, Bytes message) {
        try {
            method.parseResponse(message.again());
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "fallback.message is no answer of " + method.getFullMethodName()
                            + "; where methods differ, set it for a route each",
                    e);
        }
    }
}
