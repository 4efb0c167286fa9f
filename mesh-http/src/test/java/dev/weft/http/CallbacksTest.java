package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.call.Failure;
import dev.weft.call.Filter;
import dev.weft.call.Promise;
import dev.weft.endpoint.StaticResolver;
import dev.weft.stack.Fit;
import dev.weft.stack.Slot;
import dev.weft.stack.Stackable;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Okio;
import org.junit.jupiter.api.Test;

/** That the callback of an async call is told, once, and by a thread that has nothing else to do. */
class CallbacksTest {
    private static final Request STOCK =
            new Request.Builder().url("http://inventory/stock/1").build();

    /** Who told of a call's failure, and of which. */
    private record Told(Thread by, IOException failure) {}

    private static CompletableFuture<Told> enqueue(Call call) {
        CompletableFuture<Told> told = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                told.complete(new Told(Thread.currentThread(), e));
            }

            @Override
            public void onResponse(Call done, Response response) {
                response.close();
            }
        });
        return told;
    }

    @Test
    void afterTheMeshIsClosedACallbackIsStillTold() throws Exception {
        Mesh mesh = Mesh.builder()
                .drain(Duration.ZERO)
                .resolver(StaticResolver.empty().with("inventory", "127.0.0.1:1"))
                .start();
        Call.Factory calls = MeshHttp.create(mesh).callFactory();
        mesh.close();
        Told told = enqueue(calls.newCall(STOCK)).get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(told.failure).hasMessageContaining("closed");
    }

    @Test
    void aCallbackNeverRunsOnTheThreadThatEnqueued() throws Exception {
        Late late = new Late();
        try (Mesh mesh = Mesh.builder()
                .drain(Duration.ZERO)
                .resolver(StaticResolver.empty().with("inventory", "127.0.0.1:1"))
                .stack(stack -> stack.before(Slot.RETRY, late))
                .start()) {
            CompletableFuture<Told> told =
                    enqueue(MeshHttp.create(mesh).callFactory().newCall(STOCK));
            late.promise.fail(new IOException("known at last"));
            assertThat(told.get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS).by).isNotSameAs(Thread.currentThread());
        }
    }

    @Test
    void theCallersContextIsCurrentInTheCallback() throws Exception {
        ContextKey<String> shop = ContextKey.named("shop");
        CompletableFuture<String> heard = new CompletableFuture<>();
        try (Mesh mesh = Mesh.builder()
                        .drain(Duration.ZERO)
                        .resolver(StaticResolver.empty().with("inventory", "127.0.0.1:1"))
                        .start();
                Scope asked = Context.current().with(shop, "north").makeCurrent()) {
            assertThat(asked).isNotNull();
            MeshHttp.create(mesh).callFactory().newCall(STOCK).enqueue(new Callback() {
                @Override
                public void onFailure(Call failed, IOException e) {
                    heard.complete(String.valueOf(Context.current().get(shop)));
                }

                @Override
                public void onResponse(Call done, Response response) {
                    response.close();
                }
            });
            assertThat(heard.get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("north");
        }
    }

    @Test
    void aCallThatCannotBeCutOffIsGivenUpOnAThreadOfItsOwnAndItsLateAnswerIsClosed() throws Exception {
        try (Rig rig = new Rig(1)) {
            AtomicReference<Callback> stuck = new AtomicReference<>();
            Call wire = (Call) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Call.class}, (proxy, method, args) -> {
                        if (method.getName().equals("enqueue")) {
                            stuck.set((Callback) args[0]);
                        }
                        return null;
                    });
            Rig.Try tried = rig.attempt(STOCK, false, Duration.ofMillis(50));
            CompletableFuture<String> thread = new CompletableFuture<>();
            new Exchange(tried.call, rig.node(), wire, rig.wire.under(tried.call.policy()))
                    .send()
                    .onDone(
                            tried.call,
                            (c, outcome) ->
                                    thread.complete(Thread.currentThread().getName()));
            assertThat(thread.get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS)).doesNotStartWith("weft-timer");

            AtomicBoolean closed = new AtomicBoolean();
            Objects.requireNonNull(stuck.get()).onResponse(wire, late(closed));
            assertThat(closed).isTrue();
            assertThat(tried.call.outcome()).isInstanceOf(Failure.class);
            assertThat(tried.ends).hasValue(1);
        }
    }

    private static Response late(AtomicBoolean closed) {
        ForwardingSource source = new ForwardingSource(new Buffer()) {
            @Override
            public void close() throws IOException {
                closed.set(true);
                super.close();
            }
        };
        return new Response.Builder()
                .request(STOCK)
                .protocol(Protocol.HTTP_1_1)
                .code(200)
                .message("late")
                .body(ResponseBody.create(Okio.buffer(source), null, -1))
                .build();
    }

    /** Answers when it is told to. */
    private static final class Late implements Stackable {
        private Promise<?> promise = new Promise<>();

        @Override
        public String name() {
            return "late";
        }

        @Override
        public <R> Filter<R> filter(Fit<R> fit) {
            return (call, next) -> {
                Promise<R> answer = new Promise<>();
                promise = answer;
                return answer;
            };
        }
    }
}
