package dev.weft.grpc;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Substitute;
import dev.weft.call.Success;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The application's own answers in place of one service's, by method. Thread-safe. */
final class OwnAnswers implements Substitute<Answer> {
    private final ConcurrentMap<String, Code<?, ?>> byMethod = new ConcurrentHashMap<>();

    <Q, A> void add(MethodDescriptor<Q, A> method, BiFunction<Q, Status, @Nullable A> code) {
        String name = method.getFullMethodName();
        if (method.getType() != MethodDescriptor.MethodType.UNARY) {
            throw new IllegalArgumentException(
                    name + " is not unary: a stream that has failed cannot be answered by code");
        }
        if (byMethod.putIfAbsent(name, new Code<>(method, code)) != null) {
            throw new IllegalStateException("the fallback of " + name + " must be given once");
        }
    }

    @Override
    @SuppressWarnings("try") // a scope is there to be closed
    public @Nullable Answer answer(Call call, Outcome<Answer> failed) throws IOException {
        Outgoing<?> request = (Outgoing<?>) call.request();
        Code<?, ?> code = byMethod.get(request.method.getFullMethodName());
        Object question = request.question();
        if (code == null || question == null) {
            return null;
        }
        Context before = request.context.attach();
        try (Scope scope = call.context().makeCurrent()) {
            return code.answer(question, status(failed));
        } finally {
            request.context.detach(before);
        }
    }

    private static Status status(Outcome<Answer> failed) {
        return failed instanceof Success<Answer> answer
                ? answer.value().whole().status()
                : Statuses.of(((Failure<Answer>) failed).cause());
    }

    private record Code<Q, A>(MethodDescriptor<Q, A> method, BiFunction<Q, Status, @Nullable A> code) {
        /** @param question of that method; one of another type is refused by the code itself */
        @SuppressWarnings("unchecked")
        @Nullable
        Answer answer(Object question, Status failure) throws IOException {
            A answer = code.apply((Q) question, failure);
            return answer == null ? null : WholeAnswer.of(new Bytes(Bytes.all(method.streamResponse(answer))));
        }
    }
}
