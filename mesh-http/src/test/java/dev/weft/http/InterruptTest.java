package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import java.io.InterruptedIOException;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a caller gets whose call ends while the mesh still waits for endpoints. */
class InterruptTest {
    private final Mesh mesh = silent();
    private final Call call = MeshHttp.create(mesh)
            .callFactory()
            .newCall(new Request.Builder().url("http://inventory/stock/1").build());

    private static Mesh silent() {
        return Mesh.builder()
                .drain(Duration.ZERO)
                .set("discovery.wait", "5s")
                .resolver((service, listener) -> () -> {})
                .start();
    }

    @AfterEach
    void close() {
        mesh.close();
    }

    @Test
    void anInterruptedWaiterIsToldAsOkHttpWouldAndItsFlagStaysSet() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(call::execute)
                    .isInstanceOf(InterruptedIOException.class)
                    .hasMessage("interrupted")
                    .cause()
                    .isInstanceOf(MeshException.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void aCancelledCallIsToldSo() {
        call.cancel();
        assertThatThrownBy(call::execute)
                .isInstanceOf(MeshException.class)
                .extracting(e -> ((MeshException) e).fate())
                .isEqualTo(Fate.CANCELLED);
    }
}
