package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestCa;
import dev.weft.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Identities rotate while calls are made: no call fails, whichever side moves first. */
@Timeout(180)
class RotationTest {
    private static final int CALLERS = 8;

    static List<TlsProvider> providers() {
        return Tls.PROVIDERS;
    }

    @ParameterizedTest
    @MethodSource("providers")
    void aNewLeafAndThenANewRootLoseNoCall(TlsProvider provider) throws Exception {
        TestCa old = TestCa.root("example.org");
        TestCa next = TestCa.root("example.org");
        FixedIdentity store = new FixedIdentity(old.consulSvid("store").trusting(old));
        FixedIdentity web = new FixedIdentity(old.consulSvid("web").trusting(old));
        Keyring storeKeys = Tls.keyring(store, Time.system());
        Load load = new Load(Tls.client(storeKeys, "web", provider).socketFactory());
        storeKeys.onRotated(load::leaveConnections);
        ServerTls serverTls = Tls.server(Tls.keyring(web, Time.system()), provider);
        try (LineServer lines = new LineServer(serverTls.socketFactory())) {
            load.start(lines.port());
            load.more();
            for (int i = 0; i < 5; i++) {
                store.rotate(old.consulSvid("store").trusting(old));
                web.rotate(old.consulSvid("web").trusting(old));
                load.more();
            }
            // A new root: first everybody trusts both, then the leaves move, in their own time, then the old one goes.
            store.rotate(old.consulSvid("store").trusting(old, next));
            load.more();
            web.rotate(old.consulSvid("web").trusting(old, next));
            load.more();
            web.rotate(next.crossSignedBy(old).consulSvid("web").trusting(old, next));
            load.more();
            store.rotate(next.consulSvid("store").trusting(old, next));
            load.more();
            store.rotate(next.consulSvid("store").trusting(next));
            load.more();
            web.rotate(next.consulSvid("web").trusting(next));
            load.more();
            load.stop();
            assertThat(load.failures).isEmpty();
            assertThat(storeKeys.rotations()).isEqualTo(8);
            assertThat(load.connections.get()).isGreaterThan(CALLERS);
        }
    }

    /** Callers with a connection each, who leave it for a new one when told to, and now and then of their own accord. */
    private static final class Load {
        final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        final AtomicLong connections = new AtomicLong();
        private final SSLSocketFactory sockets;
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicLong exchanges = new AtomicLong();
        private final List<Thread> callers = new ArrayList<>();
        private final AtomicLong generation = new AtomicLong();

        Load(SSLSocketFactory sockets) {
            this.sockets = sockets;
        }

        void start(int port) {
            for (int i = 0; i < CALLERS; i++) {
                Thread caller = new Thread(() -> call(port), "caller-" + i);
                callers.add(caller);
                caller.start();
            }
        }

        private void call(int port) {
            try {
                while (!stopped.get()) {
                    long mine = generation.get();
                    connections.incrementAndGet();
                    try (LineClient line = new LineClient(sockets, port)) {
                        for (int i = 0; i < 20 && mine == generation.get() && !stopped.get(); i++) {
                            line.exchange("line " + i);
                            exchanges.incrementAndGet();
                        }
                    }
                }
            } catch (Exception | Error e) {
                failures.add(e);
            }
        }

        void leaveConnections() {
            generation.incrementAndGet();
        }

        /** Waits until the load has gone on for a while. */
        void more() {
            long until = exchanges.get() + CALLERS * 25L;
            await().atMost(Duration.ofSeconds(60)).until(() -> exchanges.get() >= until || !failures.isEmpty());
        }

        void stop() throws InterruptedException {
            stopped.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
        }
    }
}
