package dev.weft.grpc;

import static dev.weft.grpc.WorkshopServer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.workshop.Job;
import dev.weft.grpc.workshop.ReactorWorkshopGrpc;
import dev.weft.grpc.workshop.ReactorWorkshopGrpc.ReactorWorkshopStub;
import dev.weft.grpc.workshop.Result;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stubs of a reactive generator over the mesh as they are: demand, cancellation and failures go all the way, both ways. */
@Timeout(60)
class ReactiveStubsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String LONG = "x".repeat(10_000);
    /** Of the long ones: more than flow control, the adapters' queues and gRPC's own buffers let through unread. */
    private static final int MANY = 3000;

    private final AtomicInteger failing = new AtomicInteger();
    private final List<WorkshopServer> servers =
            List.of(new WorkshopServer(failing), new WorkshopServer(failing), new WorkshopServer(failing));
    private final Mesh mesh = Mesh.builder()
            .drain(Duration.ZERO)
            .set("deadline.total", "50s")
            .set("retry.backoff.base", "1ms")
            .resolver(StaticResolver.empty()
                    .with(
                            "workshop",
                            servers.stream().map(WorkshopServer::address).toArray(String[]::new)))
            .start();
    private final ReactorWorkshopStub stub =
            ReactorWorkshopGrpc.newReactorStub(MeshGrpc.create(mesh).channel("workshop"));

    @AfterEach
    void stop() {
        mesh.close();
        servers.forEach(WorkshopServer::close);
    }

    private static Job job(String item, int steps) {
        return Job.newBuilder().setItem(item).setSteps(steps).build();
    }

    private static Mono<Job> chair() {
        return Mono.just(job("chair", 3));
    }

    private int total(ToIntFunction<WorkshopServer> what) {
        return servers.stream().mapToInt(what).sum();
    }

    private void nothingIsUnderWay() {
        await().atMost(SOON)
                .until(() -> mesh.clusters().values().stream()
                                .flatMap(cluster -> cluster.nodes().stream())
                                .mapToInt(Node::inFlight)
                                .sum()
                        == 0);
    }

    @Test
    void allFourKindsAreAnsweredAndWhatIsIdempotentIsTriedAgain() {
        failing.set(2);
        assertThat(stub.look(chair()).block(SOON)).isEqualTo(result("looked at chair"));
        failing.set(2);
        assertThat(stub.follow(chair()).collectList().block(SOON))
                .containsExactly(result("step 0"), result("step 1"), result("step 2"));
        assertThat(total(server -> server.asked.get())).isEqualTo(6);

        assertThat(stub.mendAll(Flux.range(0, 5).map(i -> job("chair", i))).block(SOON))
                .isEqualTo(result("mended 5"));
        assertThat(stub.advise(Flux.just(job("chair", 0), job("table", 0)))
                        .collectList()
                        .block(SOON))
                .containsExactly(result("glue for chair"), result("glue for table"));
        nothingIsUnderWay();
    }

    /** Such a source sends when it is told to, and is told so at any moment, on a thread of the transport's. */
    @Test
    void whoWaitsForAStreamToBeReadyIsToldSoHoweverSoonItIs() {
        for (int i = 0; i < 300; i++) {
            assertThat(stub.mendAll(Flux.just(job("chair", 0), job("table", 0))).block(SOON))
                    .isEqualTo(result("mended 2"));
        }
    }

    @Test
    void aFailureComesAsItsStatus() {
        failing.set(1);

        assertThatThrownBy(() -> stub.mend(chair()).block(SOON))
                .satisfies(failed ->
                        assertThat(Status.fromThrowable(failed).getCode()).isEqualTo(Status.Code.UNAVAILABLE))
                .hasMessageContaining("told to");
        nothingIsUnderWay();
    }

    /** The server is held back by what is asked for here. */
    @Test
    void noMoreComesThanIsAskedFor() {
        AtomicInteger heard = new AtomicInteger();
        AtomicBoolean complete = new AtomicBoolean();
        BaseSubscriber<Result> reader = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(Result result) {
                heard.incrementAndGet();
            }

            @Override
            protected void hookOnComplete() {
                complete.set(true);
            }
        };
        servers.forEach(server -> server.padding = LONG);
        stub.follow(Mono.just(job("chair", MANY))).subscribe(reader);
        await().atMost(SOON).until(() -> servers.stream().anyMatch(server -> server.heldBack));
        await().atMost(SOON).until(settles(() -> total(server -> server.sent.get())));
        assertThat(total(server -> server.sent.get())).isLessThan(MANY);
        assertThat(heard).hasValue(1);

        reader.requestUnbounded();

        await().atMost(SOON).untilTrue(complete);
        assertThat(heard).hasValue(MANY);
        nothingIsUnderWay();
    }

    /** Nothing is taken from a source that the server does not read. */
    @Test
    void theSourceIsAskedForNoMoreThanTheServerTakes() {
        AtomicInteger taken = new AtomicInteger();
        servers.forEach(server -> server.reading = false);
        Flux<Job> jobs = Flux.range(0, MANY).map(i -> job(LONG, i)).doOnNext(job -> taken.incrementAndGet());

        Mono<Result> mended = stub.mendAll(jobs).cache();
        mended.subscribe(result -> {}, failed -> {});
        await().atMost(SOON).until(() -> total(server -> server.asked.get()) == 1);
        await().atMost(SOON).until(settles(taken::get));
        assertThat(taken.get()).isBetween(1, MANY - 1);

        servers.forEach(WorkshopServer::read);

        assertThat(mended.block(SOON)).isEqualTo(result("mended " + MANY));
        assertThat(taken).hasValue(MANY);
        nothingIsUnderWay();
    }

    /** Whether there is no more of it than there was a moment ago. */
    private static Callable<Boolean> settles(IntSupplier count) {
        AtomicInteger before = new AtomicInteger(-1);
        AtomicInteger times = new AtomicInteger();
        return () -> {
            int now = count.getAsInt();
            return (before.getAndSet(now) == now ? times.incrementAndGet() : times.getAndSet(0)) > 3;
        };
    }

    @Test
    void whoSubscribesNoMoreIsGivenUpAtTheServerToo() {
        Flux<Result> advice = stub.advise(Flux.just(job("chair", 0)).concatWith(Flux.never()));

        assertThat(advice.take(1).collectList().block(SOON)).containsExactly(result("glue for chair"));

        await().atMost(SOON).until(() -> total(server -> server.cancelled.get()) == 1);
        nothingIsUnderWay();
    }
}
