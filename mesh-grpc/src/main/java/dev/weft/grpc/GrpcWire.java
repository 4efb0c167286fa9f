package dev.weft.grpc;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Prober;
import dev.weft.call.Pushback;
import dev.weft.call.Reply;
import dev.weft.call.RequestPart;
import dev.weft.call.Sharing;
import dev.weft.call.Substitute;
import dev.weft.call.Success;
import dev.weft.call.Wire;
import dev.weft.endpoint.LoadReport;
import dev.weft.endpoint.LoadSignal;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.time.Lookout;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import java.io.InputStream;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** gRPC, to the node that was picked. Thread-safe. */
final class GrpcWire implements Wire<Answer> {
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system");
    private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("rpc.service");
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("rpc.grpc.status_code");
    private static final AttributeKey<Boolean> OVERFLOWED = AttributeKey.booleanKey("weft.request.too_large_to_repeat");
    private static final Metadata.Key<byte[]> LOAD =
            Metadata.Key.of("endpoint-load-metrics-bin", Metadata.BINARY_BYTE_MARSHALLER);
    /** Methods are generated code's, and few; what makes them by the call must not fill the memory. */
    private static final int MAX_METHODS = 10_000;

    private final Transport transport;
    private final AttemptHeaders headers;
    private final Lookout<Exchange> lookout;
    private final Prober prober;
    private final Function<Node, NodeChannel> newChannel;
    private final ConcurrentMap<MethodDescriptor<?, ?>, MethodDescriptor<InputStream, InputStream>> methods =
            new ConcurrentHashMap<>();

    GrpcWire(Transport transport, AttemptHeaders headers) {
        this.transport = transport;
        this.headers = headers;
        this.lookout = Lookout.of(transport.time());
        this.newChannel = transport::channel;
        this.prober = new GrpcProber(transport, this::channel);
    }

    @Override
    public GrpcLeaf under(Policy policy) {
        return new GrpcLeaf(this, policy);
    }

    @Override
    public Reply<Answer> call(Call attempt) {
        return under(attempt.policy()).call(attempt);
    }

    Transport transport() {
        return transport;
    }

    AttemptHeaders headers() {
        return headers;
    }

    NodeChannel channel(Node node) {
        return node.resource(this, newChannel);
    }

    /** The same without the application's marshallers: its messages are bytes already. */
    MethodDescriptor<InputStream, InputStream> method(MethodDescriptor<?, ?> asked) {
        MethodDescriptor<InputStream, InputStream> known = methods.get(asked);
        if (known == null) {
            known = asked.toBuilder(Bytes.MARSHALLER, Bytes.MARSHALLER).build();
            if (methods.size() < MAX_METHODS) {
                methods.put(asked, known);
            }
        }
        return known;
    }

    Lookout<Exchange> lookout() {
        return lookout;
    }

    @Override
    public String protocol() {
        return "grpc";
    }

    @Override
    public boolean replayable(Call call) {
        return request(call).replayable();
    }

    @Override
    public boolean safe(Call call) {
        return request(call).method.isSafe();
    }

    @Override
    public boolean idempotent(Call call) {
        return Idempotency.of(request(call).method);
    }

    /** gRPC's transparent retry. */
    @Override
    public boolean repeatsUnseen() {
        return true;
    }

    @Override
    public boolean lostItsConnection(Call attempt) {
        return attempt.outcome() instanceof Failure<?> failure
                && Verdicts.ofGoaway(Status.fromThrowable(failure.cause()));
    }

    @Override
    public boolean waitsForConnection(Call call) {
        return request(call).waitForReady;
    }

    @Override
    public Pushback pushback(Call attempt, Outcome<Answer> outcome) {
        return outcome instanceof Success<Answer> answer
                ? Pushbacks.in(answer.value().trailers())
                : Pushback.NONE;
    }

    @Override
    public @Nullable String read(Call call, RequestPart part, String name) {
        Outgoing<?> request = request(call);
        return switch (part) {
            case HEADER -> request.header(name);
            case PATH -> "/" + request.method.getFullMethodName();
            case METHOD -> "POST";
            case COOKIE -> null;
            case CALLER -> transport.caller();
        };
    }

    @Override
    public boolean multiplexed(String service) {
        return true;
    }

    @Override
    public @Nullable Sharing<Answer> sharing() {
        return transport.seesAll() ? new GrpcSharing() : null;
    }

    @Override
    public @Nullable Substitute<Answer> fixedAnswer(Policy policy) {
        return FixedMessage.of(policy);
    }

    @Override
    public @Nullable LoadReport loadReport(Call attempt) {
        if (attempt.outcome() instanceof Success<?> success && success.value() instanceof Answer answer) {
            Metadata trailers = answer.trailers();
            byte[] said = trailers == null ? null : trailers.get(LOAD);
            return said == null ? null : LoadReport.ofBinary(said);
        }
        return null;
    }

    @Override
    public @Nullable LoadSignal loadSignal(Call attempt) {
        return attempt.outcome() instanceof Success<?> success && success.value() instanceof Answer answer
                ? LoadTrailer.in(answer.trailers())
                : null;
    }

    @Override
    public Prober prober() {
        return prober;
    }

    @Override
    public void discard(Answer answer) {
        answer.cancel();
    }

    private static Outgoing<?> request(Call call) {
        return (Outgoing<?>) call.request();
    }

    // For those who watch.

    @Override
    public String operation(Call call) {
        return request(call).method.getFullMethodName();
    }

    @Override
    public String statusLabel(int status) {
        return Status.fromCodeValue(status).getCode().name();
    }

    @Override
    public void describeRequest(Call call, SpanBuilder span) {
        MethodDescriptor<?, ?> method = request(call).method;
        span.setAttribute(SYSTEM, "grpc");
        String service = method.getServiceName();
        if (service != null) {
            span.setAttribute(SERVICE, service);
        }
        String name = method.getBareMethodName();
        if (name != null) {
            span.setAttribute(METHOD, name);
        }
    }

    @Override
    public void describeAnswer(Call attempt, Span span) {
        if (attempt.outcome() != null) {
            span.setAttribute(STATUS, (long) attempt.status());
        }
        if (request(attempt).overflowed()) {
            span.setAttribute(OVERFLOWED, true);
        }
    }

    @Override
    public void close() {
        lookout.visit(Exchange::cancel);
        transport.close();
    }
}
