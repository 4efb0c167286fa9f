package dev.weft.grpc;

import io.grpc.MethodDescriptor;

/** Whether a method's own definition says that doing it twice is as good as once. */
final class Idempotency {
    private Idempotency() {}

    static boolean of(MethodDescriptor<?, ?> method) {
        return method.isIdempotent() || method.isSafe();
    }
}
