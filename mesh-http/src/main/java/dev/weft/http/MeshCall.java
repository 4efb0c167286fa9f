package dev.weft.http;

import dev.weft.Route;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.endpoint.Endpoint;
import dev.weft.policy.LayerValues;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import kotlin.jvm.JvmClassMappingKt;
import kotlin.jvm.functions.Function0;
import kotlin.reflect.KClass;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/** A call of OkHttp's that goes through the mesh. Thread-safe, as OkHttp's are. */
final class MeshCall implements Call {
    private static final VarHandle EXECUTED;

    static {
        try {
            EXECUTED = MethodHandles.lookup().findVarHandle(MeshCall.class, "executed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MeshHttp http;
    private final Request request;
    private final String service;
    private final LayerValues declared;
    private volatile boolean executed;
    private volatile boolean canceled;
    private volatile dev.weft.call.@Nullable Call running;

    // Asked for by few; made for those.
    private @Nullable Timeout timeout;
    private @Nullable EventListener listener;
    private volatile @Nullable Map<KClass<?>, Object> tags;

    MeshCall(MeshHttp http, Request request, String service, LayerValues declared) {
        if (Endpoint.isIp(request.url().host())) {
            throw new IllegalArgumentException("the host of a URL names a service, and '"
                    + request.url().host() + "' is an address: use the service's name, or a client without a mesh");
        }
        this.http = http;
        this.request = request;
        this.service = service;
        this.declared = declared;
    }

    @Override
    public Response execute() throws IOException {
        Reply<Response> reply = send(http.blocking());
        if (reply instanceof Success<Response> success) {
            return success.value();
        }
        if (reply instanceof Failure<Response> failure) {
            throw thrown(failure.cause());
        }
        throw new IllegalStateException("a filter of the stack answered a blocking call with a promise");
    }

    @Override
    public void enqueue(Callback callback) {
        Context caller = Context.current();
        Reply<Response> reply = send(http.async());
        if (reply instanceof Outcome<Response> known) {
            Threads.run(http.threads(), () -> tell(caller, callback, known));
            return;
        }
        // Never on this thread: it may hold what the callback waits for.
        Thread here = Thread.currentThread();
        reply.onDone(started(), (c, outcome) -> {
            if (Thread.currentThread() == here) {
                Threads.run(http.threads(), () -> tell(caller, callback, outcome));
            } else {
                tell(caller, callback, outcome);
            }
        });
    }

    /** In the context that the call was made in: what is asked next is asked for the same caller. */
    @SuppressWarnings("try") // a scope is there to be closed
    private void tell(Context caller, Callback callback, Outcome<Response> outcome) {
        try (Scope scope = caller.makeCurrent()) {
            if (outcome instanceof Success<Response> success) {
                callback.onResponse(this, success.value());
            } else if (outcome instanceof Failure<Response> failure) {
                callback.onFailure(this, asIo(failure.cause()));
            }
        } catch (IOException e) {
            MeshHttp.log.info(
                    "the callback of a call to {} failed", request.url().host(), e);
        }
    }

    private Reply<Response> send(Pace pace) {
        if (!EXECUTED.compareAndSet(this, false, true)) {
            throw new IllegalStateException("Already Executed");
        }
        Route<Response> route =
                http.client().route(service, request.method(), request.url(), HttpUrl::encodedPath, declared);
        dev.weft.call.Call call = route.newCall(asked(), pace, Context.current());
        if (timeout != null) {
            shorten(call, timeout);
        }
        running = call;
        if (canceled) {
            call.cancel();
        }
        return route.send(call);
    }

    private Request asked() {
        return listener == null
                ? request
                : request.newBuilder().tag(EventListener.class, listener).build();
    }

    private void shorten(dev.weft.call.Call call, Timeout wanted) {
        if (wanted.timeoutNanos() > 0) {
            call.shorten(call.startNanos() + wanted.timeoutNanos());
        }
        if (wanted.hasDeadline()) {
            call.shorten(wanted.deadlineNanoTime());
        }
    }

    private dev.weft.call.Call started() {
        dev.weft.call.Call call = running;
        if (call == null) {
            throw new IllegalStateException("not started");
        }
        return call;
    }

    private static IOException thrown(Throwable cause) throws IOException {
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof MeshException ended
                && ended.fate() == Fate.CANCELLED
                && Thread.currentThread().isInterrupted()) {
            // It waited on this side: told as if it had been at a socket.
            IOException interrupted = new InterruptedIOException("interrupted");
            interrupted.initCause(cause);
            return interrupted;
        }
        return asIo(cause);
    }

    private static IOException asIo(Throwable cause) {
        return cause instanceof IOException io ? io : new IOException(cause.toString(), cause);
    }

    @Override
    public void cancel() {
        canceled = true;
        dev.weft.call.Call call = running;
        if (call != null) {
            call.cancel();
        }
    }

    @Override
    public boolean isCanceled() {
        return canceled;
    }

    @Override
    public boolean isExecuted() {
        return executed;
    }

    @Override
    public Request request() {
        return request;
    }

    /** Bounds the whole call. To be set before it begins; a deadline from elsewhere that is nearer wins. */
    @Override
    public Timeout timeout() {
        if (timeout == null) {
            timeout = new Timeout();
        }
        return timeout;
    }

    /** Hears each attempt by itself, from {@code callStart} to its end. */
    @Override
    public void addEventListener(EventListener added) {
        listener = listener == null ? added : listener.plus(added);
    }

    @Override
    public <T> @Nullable T tag(KClass<T> type) {
        Map<KClass<?>, Object> own = tags;
        Object found = own == null ? null : own.get(type);
        return found == null
                ? request.tag(type)
                : JvmClassMappingKt.getJavaObjectType(type).cast(found);
    }

    @Override
    public <T> @Nullable T tag(Class<? extends T> type) {
        return tag(JvmClassMappingKt.<T>getKotlinClass(cast(type)));
    }

    @SuppressWarnings("unchecked") // as OkHttp declares it
    private static <T> Class<T> cast(Class<? extends T> type) {
        return (Class<T>) type;
    }

    @Override
    public <T> T tag(KClass<T> type, Function0<? extends T> make) {
        T present = tag(type);
        if (present != null) {
            return present;
        }
        Object made = ownTags().computeIfAbsent(type, t -> make.invoke());
        return JvmClassMappingKt.getJavaObjectType(type).cast(made);
    }

    @Override
    public <T> T tag(Class<T> type, Function0<? extends T> make) {
        return tag(JvmClassMappingKt.getKotlinClass(type), make);
    }

    private synchronized Map<KClass<?>, Object> ownTags() {
        Map<KClass<?>, Object> own = tags;
        if (own == null) {
            own = new ConcurrentHashMap<>();
            tags = own;
        }
        return own;
    }

    @Override
    @SuppressWarnings("CloneDeclaresCloneNotSupported")
    public Call clone() {
        return new MeshCall(http, request, service, declared);
    }

    @Override
    public String toString() {
        return request.method() + " " + request.url().redact();
    }
}
