package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What the caller's context carries holds for what is done with the answer as well. */
@Timeout(60)
class CallerContextTest {
    private static final ContextKey<String> SHOP = ContextKey.named("shop");

    @Test
    void theCallersContextIsCurrentWhereItHearsOfTheCall() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        CompletableFuture<Status> closed = new CompletableFuture<>();
        try (Replica server = new Replica((call, headers) -> echo(call));
                Mesh mesh = Mesh.builder()
                        .drain(Duration.ZERO)
                        .resolver(StaticResolver.empty().with("inventory", server.address()))
                        .start()) {
            ClientCall<String, String> call =
                    MeshGrpc.create(mesh).channel("inventory").newCall(GET, CallOptions.DEFAULT);
            try (Scope asked = Context.current().with(SHOP, "north").makeCurrent()) {
                assertThat(asked).isNotNull();
                call.start(
                        new ClientCall.Listener<>() {
                            @Override
                            public void onHeaders(Metadata headers) {
                                heard.add("headers " + Context.current().get(SHOP));
                            }

                            @Override
                            public void onMessage(String message) {
                                heard.add("message " + Context.current().get(SHOP));
                            }

                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                heard.add("end " + Context.current().get(SHOP));
                                closed.complete(status);
                            }
                        },
                        new Metadata());
                call.request(2);
                call.sendMessage("bolts");
            }
            call.halfClose();

            assertThat(closed.get(20, TimeUnit.SECONDS)).isEqualTo(Status.OK);
            assertThat(heard).containsExactly("headers north", "message north", "end north");
        }
    }

    @Test
    void whatIsThrownWhereTheCallHasEndedIsLoggedOnce() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(Inbox.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.list = new CopyOnWriteArrayList<>();
        said.start();
        logger.addAppender(said);
        try (Replica server = new Replica((call, headers) -> echo(call));
                Mesh mesh = Mesh.builder()
                        .drain(Duration.ZERO)
                        .resolver(StaticResolver.empty().with("inventory", server.address()))
                        .start()) {
            ClientCall<String, String> call =
                    MeshGrpc.create(mesh).channel("inventory").newCall(GET, CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            throw new IllegalStateException("the shop is shut");
                        }
                    },
                    new Metadata());
            call.request(2);
            call.sendMessage("bolts");
            call.halfClose();

            await().atMost(Duration.ofSeconds(20)).until(() -> !said.list.isEmpty());
            assertThat(said.list).hasSize(1);
            assertThat(said.list.get(0).getThrowableProxy().getMessage()).isEqualTo("the shop is shut");
            assertThat(said.list.get(0).getFormattedMessage()).contains(GET.getFullMethodName());
        } finally {
            logger.detachAppender(said);
        }
    }
}
