package dev.weft.grpc;

import dev.weft.testkit.PageCode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The transports of one's own that docs/grpc.md shows can be copied from there. */
class GrpcPageTest {
    private static final String BEFORE = """
            package example;

            import dev.weft.Mesh;
            import dev.weft.grpc.MeshGrpc;
            import io.grpc.TlsChannelCredentials;
            import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
            import io.grpc.okhttp.OkHttpChannelBuilder;
            import java.security.GeneralSecurityException;
            import javax.net.ssl.KeyManager;
            import javax.net.ssl.SSLContext;
            import javax.net.ssl.TrustManager;

            final class Transports {
                static void made(Mesh mesh) {
            """;

    @Test
    void aTransportOfYourOwnCompiles(@TempDir Path folder) throws IOException {
        String shown = PageCode.blocks(Path.of("..", "docs", "grpc.md"), "java").stream()
                .filter(block -> block.contains("MeshGrpc.over("))
                .findFirst()
                .orElseThrow();

        new PageCode(folder)
                .with("Transports.java", BEFORE + shown + "    }\n}\n")
                .compiled();
    }
}
