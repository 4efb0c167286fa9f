package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import okhttp3.Request;
import org.junit.jupiter.api.Test;

class RefusedConnectionTest {
    @Test
    void itsMessageNamesTheEndpointAndNotThePortOfTheUrl() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        try (Mesh mesh = Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", "127.0.0.1:" + port))
                .drain(Duration.ZERO)
                .start()) {
            MeshHttp http = MeshHttp.create(mesh);
            Request request = new Request.Builder().url("http://inventory/").build();

            assertThatThrownBy(() -> http.callFactory().newCall(request).execute())
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("inventory@127.0.0.1:" + port)
                    .hasMessageNotContainingAny(":80")
                    .hasRootCauseMessage("Connection refused");
        }
    }
}
