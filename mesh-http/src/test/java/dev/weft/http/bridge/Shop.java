package dev.weft.http.bridge;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.endpoint.StaticResolver;
import dev.weft.http.MeshHttp;
import java.io.IOException;
import java.time.Duration;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;

/** A service and a mesh that knows it. */
final class Shop implements AutoCloseable {
    final MockWebServer inventory = new MockWebServer();
    final Mesh mesh;
    final MeshHttp http;

    Shop() throws IOException {
        this(Mesh.builder());
    }

    Shop(MeshBuilder builder) throws IOException {
        inventory.start();
        mesh = builder.resolver(StaticResolver.empty().with("inventory", "127.0.0.1:" + inventory.getPort()))
                .drain(Duration.ZERO)
                .start();
        http = MeshHttp.create(mesh);
    }

    /** A client of OkHttp's that is in the mesh. */
    OkHttpClient client() {
        return new OkHttpClient.Builder().addInterceptor(http.interceptor()).build();
    }

    Shop answer(int status, String body) {
        inventory.enqueue(new MockResponse.Builder()
                .code(status)
                .setHeader("Content-Type", "text/plain")
                .body(body)
                .build());
        return this;
    }

    @Override
    public void close() {
        mesh.close();
        inventory.close();
    }
}
