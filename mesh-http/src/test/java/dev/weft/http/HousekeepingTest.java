package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.time.Time;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

class HousekeepingTest {
    private static void call(ConnectionPool pool, RawServer server) throws Exception {
        OkHttpClient client = new OkHttpClient.Builder().connectionPool(pool).build();
        Request request =
                new Request.Builder().url("http://127.0.0.1:" + server.port()).build();
        try (Response response = client.newCall(request).execute()) {
            response.body().string();
        }
    }

    /** Fails when a release of OkHttp no longer lets us: then it is time to look again at what that costs. */
    @Test
    void thisOkHttpLetsItsPoolsBeQuiet() {
        try (Housekeeping housekeeping = new Housekeeping(Time.system())) {
            assertThat(housekeeping.isQuiet()).isTrue();
        }
    }

    @Test
    void aConnectionThatIsIdleForTooLongIsClosedAndTheThreadEnds() throws Exception {
        try (RawServer server = new RawServer(RawServerTalk.POLITE);
                Housekeeping housekeeping = new Housekeeping(Time.system())) {
            ConnectionPool pool = housekeeping.pool(5, TimeUnit.MILLISECONDS.toNanos(100));
            call(pool, server);
            await().atMost(Rig.PATIENCE)
                    .untilAsserted(() -> assertThat(pool.connectionCount()).isZero());
            await().atMost(Rig.PATIENCE).until(() -> !threadRuns());
        }
    }

    @Test
    void noMoreThanTheAllowedNumberStayIdle() throws Exception {
        try (RawServer server = new RawServer(RawServerTalk.POLITE);
                RawServer other = new RawServer(RawServerTalk.POLITE);
                Housekeeping housekeeping = new Housekeeping(Time.system())) {
            ConnectionPool pool = housekeeping.pool(1, TimeUnit.MINUTES.toNanos(5));
            call(pool, server);
            call(pool, other);
            await().atMost(Rig.PATIENCE)
                    .untilAsserted(() -> assertThat(pool.connectionCount()).isEqualTo(1));
        }
        await().atMost(Rig.PATIENCE).until(() -> !threadRuns());
    }

    @Test
    void poolsCanBeUsedAfterTheEnd() throws Exception {
        Housekeeping housekeeping = new Housekeeping(Time.system());
        ConnectionPool pool = housekeeping.pool(5, TimeUnit.MINUTES.toNanos(5));
        housekeeping.close();
        try (RawServer server = new RawServer(RawServerTalk.POLITE)) {
            call(pool, server);
            call(pool, server);
            assertThat(server.connections()).isEqualTo(1);
        }
        assertThat(threadRuns()).isFalse();
        pool.evictAll();
    }

    private static boolean threadRuns() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("weft-http-connections"));
    }
}
