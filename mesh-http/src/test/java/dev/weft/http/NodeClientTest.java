package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.policy.Policy;
import java.io.IOException;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that nobody will use again are closed, whenever whoever had them is done. */
class NodeClientTest {
    private final HttpConfig config = HttpConfig.of(Policy.builtIn("inventory"), false);
    private final HttpConfig other =
            new HttpConfig(config.connectMillis() + 1, config.h2c(), config.tls(), config.serverIds());
    private MoodyServer server;
    private Rig rig;

    @BeforeEach
    void serve() throws IOException {
        server = new MoodyServer();
        rig = new Rig(server.port());
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
        server.close();
    }

    private NodeClient client() {
        return rig.node().resource(rig.wire, rig.transport::client);
    }

    private Response ask(Connections connections) throws IOException {
        Request request = new Request.Builder()
                .url("http://127.0.0.1:" + server.port() + "/items")
                .build();
        return connections.client(false, true).newCall(request).execute();
    }

    @Test
    void aConnectionThatIsOpenedAfterItsPoolWasRetiredIsClosedToo() throws IOException {
        Connections taken = client().connections(config);
        assertThat(client().connections(other)).isNotSameAs(taken);

        ask(taken).close();

        assertThat(taken.pool().connectionCount()).isOne();
        await().atMost(Rig.PATIENCE).until(() -> taken.pool().connectionCount() == 0 && server.connections() == 0);
    }

    @Test
    void aConnectionThatIsStillBusyWhenTheNodeIsClosedIsClosedOnceItIsNot() throws IOException {
        Connections taken = client().connections(config);
        try (Response answer = ask(taken)) {
            rig.endpoints();
            assertThat(answer.isSuccessful()).isTrue();
            assertThat(server.connections()).isOne();
        }

        await().atMost(Rig.PATIENCE).until(() -> taken.pool().connectionCount() == 0 && server.connections() == 0);
    }
}
