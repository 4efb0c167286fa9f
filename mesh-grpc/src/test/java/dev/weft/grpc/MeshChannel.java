package dev.weft.grpc;

import dev.weft.MeshClient;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Deadline;
import dev.weft.call.Failure;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.policy.LayerValues;
import dev.weft.time.Time;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.context.Context;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A thin edge: a channel for stubs as they are, blocking ones too, whose calls go down the stack. */
final class MeshChannel extends Channel {
    private final MeshClient<Exchange> client;
    private final String service;
    private final Executor executor;

    /** The call that was made last. */
    volatile @Nullable Call last;

    /** @param executor where calls resume whose options name none */
    MeshChannel(MeshClient<Exchange> client, String service, Executor executor) {
        this.client = client;
        this.service = service;
        this.executor = executor;
    }

    @Override
    public String authority() {
        return service;
    }

    @Override
    @SuppressWarnings("unchecked") // strings are all that this test speaks
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        Executor home = options.getExecutor() == null ? executor : options.getExecutor();
        return (ClientCall<Q, A>) new Edge((MethodDescriptor<String, String>) method, options.withExecutor(home), home);
    }

    private final class Edge extends ClientCall<String, String> implements Reply.Observer<Exchange> {
        private final MethodDescriptor<String, String> method;
        private final CallOptions options;
        private final Executor home;
        private final AtomicInteger wanted = new AtomicInteger();
        private volatile @Nullable Exchange exchange;
        private @Nullable Listener<String> listener;
        private @Nullable Outgoing request;
        private @Nullable Call call;

        Edge(MethodDescriptor<String, String> method, CallOptions options, Executor home) {
            this.method = method;
            this.options = options;
            this.home = home;
        }

        @Override
        public void start(Listener<String> listener, Metadata headers) {
            this.listener = listener;
            request = new Outgoing(method, options, headers);
            Route<Exchange> route = client.route(service, "POST", "/" + method.getFullMethodName(), LayerValues.NONE);
            Time time = Time.system();
            Context context = Context.current();
            if (options.getDeadline() != null) {
                long left = options.getDeadline().timeRemaining(TimeUnit.NANOSECONDS);
                context = context.with(Deadline.afterNanos(left, time));
            }
            call = route.newCall(request, Pace.async(time, home), context);
            last = call;
            if (!method.getType().clientSendsOneMessage()) {
                route.send(call).onDone(call, this);
            } else {
                sendWhenComplete = route;
            }
        }

        private @Nullable Route<Exchange> sendWhenComplete;

        @Override
        public void sendMessage(String message) {
            request().message(message);
        }

        @Override
        public void halfClose() {
            request().complete();
            if (sendWhenComplete != null && call != null) {
                sendWhenComplete.send(call).onDone(call, this);
            }
        }

        private Outgoing request() {
            if (request == null) {
                throw new IllegalStateException("not started");
            }
            return request;
        }

        @Override
        public void request(int messages) {
            wanted.addAndGet(messages);
            ask();
        }

        private void ask() {
            Exchange answering = exchange;
            if (answering != null) {
                int now = wanted.getAndSet(0);
                if (now > 0) {
                    answering.request(now);
                }
            }
        }

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            if (call != null) {
                call.cancel();
            }
        }

        @Override
        public void done(Call done, Outcome<Exchange> outcome) {
            if (listener == null) {
                return;
            }
            if (outcome instanceof Success<Exchange> answered) {
                exchange = answered.value();
                ask();
                Listener<String> application = listener;
                home.execute(() -> answered.value().attach(application));
            } else if (outcome instanceof Failure<Exchange> failure) {
                Listener<String> application = listener;
                home.execute(() -> application.onClose(status(failure.cause()), new Metadata()));
            }
        }
    }

    private static Status status(Throwable cause) {
        if (!(cause instanceof MeshException refused)) {
            return Status.fromThrowable(cause);
        }
        Status status = switch (refused.fate()) {
            case FAILED_DEADLINE -> Status.DEADLINE_EXCEEDED;
            case CANCELLED -> Status.CANCELLED;
            default -> Status.UNAVAILABLE;
        };
        return status.withDescription(refused.getMessage());
    }
}
