package dev.weft.grpc;

import static dev.weft.grpc.WorkshopServer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.workshop.Job;
import dev.weft.grpc.workshop.Result;
import dev.weft.grpc.workshop.WorkshopGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stubs as protoc generates them, over the mesh as they are: what the proto says of a method holds without another word. */
@Timeout(60)
class GeneratedStubsTest {
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
    private final Channel channel = MeshGrpc.create(mesh).channel("workshop");

    @AfterEach
    void stop() {
        mesh.close();
        servers.forEach(WorkshopServer::close);
    }

    private static Job job(String item) {
        return Job.newBuilder().setItem(item).setSteps(3).build();
    }

    private int asked() {
        return servers.stream().mapToInt(server -> server.asked.get()).sum();
    }

    @Test
    void whatTheProtoCallsFreeOfSideEffectsOrIdempotentIsTriedAgain() {
        var stub = WorkshopGrpc.newBlockingStub(channel);

        failing.set(2);
        assertThat(stub.look(job("chair"))).isEqualTo(result("looked at chair"));
        failing.set(2);
        assertThat(stub.label(job("chair"))).isEqualTo(result("labelled chair"));
        failing.set(2);
        Iterator<Result> steps = stub.follow(job("chair"));
        assertThat(steps).toIterable().hasSize(3);

        assertThat(asked()).isEqualTo(9);
    }

    @Test
    void whatTheProtoSaysNothingOfIsNotTriedAgain() {
        failing.set(1);

        assertThatThrownBy(() -> WorkshopGrpc.newBlockingStub(channel).mend(job("chair")))
                .extracting(failed -> Status.fromThrowable(failed).getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);

        assertThat(asked()).isEqualTo(1);
    }

    @Test
    void aFutureStub() throws Exception {
        failing.set(1);
        var stub = WorkshopGrpc.newFutureStub(channel);

        assertThat(stub.look(job("chair")).get(20, TimeUnit.SECONDS)).isEqualTo(result("looked at chair"));
        assertThat(stub.mend(job("chair")).get(20, TimeUnit.SECONDS)).isEqualTo(result("mended chair"));
    }

    @Test
    void anAsyncStub() throws Exception {
        failing.set(1);
        var stub = WorkshopGrpc.newStub(channel);

        Collected<Result> looked = new Collected<>();
        stub.look(job("chair"), looked.observer());
        assertThat(looked.all()).containsExactly(result("looked at chair"));

        Collected<Result> followed = new Collected<>();
        stub.follow(job("chair"), followed.observer());
        assertThat(followed.all()).containsExactly(result("step 0"), result("step 1"), result("step 2"));

        Collected<Result> mended = new Collected<>();
        StreamObserver<Job> jobs = stub.mendAll(mended.observer());
        jobs.onNext(job("chair"));
        jobs.onNext(job("table"));
        jobs.onCompleted();
        assertThat(mended.all()).containsExactly(result("mended 2"));

        Collected<Result> advised = new Collected<>();
        StreamObserver<Job> questions = stub.advise(advised.observer());
        questions.onNext(job("chair"));
        questions.onNext(job("table"));
        questions.onCompleted();
        assertThat(advised.all()).containsExactly(result("glue for chair"), result("glue for table"));
    }

    @Test
    void aStubOfTheSecondBlockingKind() throws Exception {
        failing.set(1);
        var stub = WorkshopGrpc.newBlockingV2Stub(channel);

        assertThat(stub.look(job("chair"))).isEqualTo(result("looked at chair"));

        BlockingClientCall<?, Result> followed = stub.follow(job("chair"));
        List<Result> steps = new ArrayList<>();
        for (Result step = followed.read(); step != null; step = followed.read()) {
            steps.add(step);
        }
        assertThat(steps).containsExactly(result("step 0"), result("step 1"), result("step 2"));

        BlockingClientCall<Job, Result> mended = stub.mendAll();
        mended.write(job("chair"));
        mended.write(job("table"));
        mended.halfClose();
        assertThat(mended.read()).isEqualTo(result("mended 2"));
        assertThat(mended.read()).isNull();

        BlockingClientCall<Job, Result> advised = stub.advise();
        for (String item : List.of("chair", "table")) {
            advised.write(job(item));
            assertThat(advised.read()).isEqualTo(result("glue for " + item));
        }
        advised.halfClose();
        assertThat(advised.read()).isNull();
    }
}
