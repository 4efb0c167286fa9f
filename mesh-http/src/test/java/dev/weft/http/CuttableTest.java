package dev.weft.http;

import static dev.weft.http.Rig.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import okhttp3.Call;
import org.junit.jupiter.api.Test;

/** Whoever is cut off at the moment at which its answer is complete takes no one else's connection along. */
class CuttableTest {
    private static final Duration PATIENCE = Rig.PATIENCE;

    private final List<String> cancels = new ArrayList<>();
    private final Call counted = wire(() -> cancels.add("cancel"));

    /** What it has of a connection, and an OkHttp call that says when it cancels. */
    private static final class Bare extends Cuttable {
        Bare(Rig rig, Call wire) {
            super(rig.attempt(get("/"), true, PATIENCE).call, wire);
        }

        @Override
        boolean isOver() {
            return false;
        }

        @Override
        void abandon() {}

        @Override
        void handshakes() {}
    }

    private static Call wire(Runnable cancel) {
        return (Call) Proxy.newProxyInstance(
                CuttableTest.class.getClassLoader(), new Class<?>[] {Call.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("cancel")) {
                        cancel.run();
                    }
                    return null;
                });
    }

    private Bare givenBack(Rig rig) {
        Bare exchange = new Bare(rig, counted);
        exchange.responseBodyEnd(counted, 4);
        return exchange;
    }

    @Test
    void aConnectionIsNotGivenBackWhileItIsBeingCutOff() throws Exception {
        CountDownLatch cutting = new CountDownLatch(1);
        CountDownLatch cut = new CountDownLatch(1);
        Call wire = wire(() -> {
            cutting.countDown();
            join(cut);
        });
        try (Rig rig = new Rig(1)) {
            Bare exchange = new Bare(rig, wire);
            Thread canceller = thread(exchange::cancel);
            join(cutting);
            Thread reader = thread(() -> exchange.responseBodyEnd(wire, 4));
            await().atMost(PATIENCE).until(() -> reader.getState() == Thread.State.TIMED_WAITING);
            assertThat(reader.isAlive()).isTrue();
            cut.countDown();
            canceller.join(PATIENCE.toMillis());
            reader.join(PATIENCE.toMillis());
            assertThat(reader.isAlive()).isFalse();
        }
    }

    @Test
    void aConnectionThatWasGivenBackIsNotCutOff() {
        try (Rig rig = new Rig(1)) {
            Bare exchange = givenBack(rig);
            exchange.cancel();
            assertThat(cancels).isEmpty();
            assertThat(exchange.cutBy()).isEqualTo(Cut.CANCELLED);
        }
    }

    /** An authenticator's second try gets a connection of its own. */
    @Test
    void whatIsCutOffBetweenTwoConnectionsIsCutOffWithTheSecond() {
        try (Rig rig = new Rig(1)) {
            Bare exchange = givenBack(rig);
            exchange.cancel();
            exchange.connects();
            assertThat(cancels).hasSize(1);
            Bare later = givenBack(rig);
            later.connects();
            later.cancel();
            assertThat(cancels).hasSize(2);
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "cut-race");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
