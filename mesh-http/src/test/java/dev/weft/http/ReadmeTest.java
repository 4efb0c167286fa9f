package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.testkit.PageCode;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retrofit2.Call;

/** The README's example is taken from the README, compiled and run. */
class ReadmeTest {
    private static final String IMPORTS = """
            import dev.weft.Mesh;
            import dev.weft.annotation.*;
            import dev.weft.http.MeshHttp;
            import dev.weft.policy.FilePolicySource;
            import dev.weft.time.Time;
            import java.nio.file.Path;
            import retrofit2.Call;
            import retrofit2.Retrofit;
            import retrofit2.converter.jackson.JacksonConverterFactory;
            """;

    @TempDir
    Path folder;

    @Test
    void theReadmesExampleCompilesAndCallsTheServiceThatItsPolicyNames() throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.enqueue(
                    new MockResponse.Builder().body("{\"name\": \"bolt\"}").build());
            server.start();
            Path policy = folder.resolve("policy.yaml");
            String here = "127.0.0.1:" + server.getPort();
            Files.writeString(
                    policy, block("yaml").replace("10.0.0.7:8080", here).replace("10.0.0.8:8080", here));
            Class<?> example = new PageCode(folder)
                    .with("Example.java", source(policy))
                    .compiled()
                    .loadClass("Example");

            Object[] made = (Object[]) method(example, "make").invoke(null);

            try (Mesh mesh = (Mesh) Objects.requireNonNull(made[0])) {
                Class<?> api = example.getClassLoader().loadClass("InventoryApi");
                Call<?> call = (Call<?>) method(api, "item", String.class).invoke(made[1], "7");
                assertThat(call.execute().body()).hasToString("Item[name=bolt]");
                assertThat(server.takeRequest().getTarget()).isEqualTo("/items/7");
                assertThat(mesh.waitingFor()).isEmpty();
            }
        }
    }

    private static Method method(Class<?> type, String name, Class<?>... parameters) throws NoSuchMethodException {
        Method method = type.getDeclaredMethod(name, parameters);
        method.setAccessible(true);
        return method;
    }

    private static String block(String language) throws IOException {
        List<String> blocks = PageCode.blocks(Path.of("..", "README.md"), language);
        assertThat(blocks).as(language + " in the README").hasSize(1);
        return blocks.get(0);
    }

    /** The interface as it is, the statements in a method, and what the example leaves to the reader. */
    private static String source(Path policy) throws IOException {
        String java = block("java");
        int statements = java.indexOf("Mesh mesh");
        assertThat(statements).isPositive();
        String body = java.substring(statements).replace("\"policy.yaml\"", "\"" + policy + "\"");
        return IMPORTS
                + "import retrofit2.http.GET;\n"
                + "record Item(String name) {}\n"
                + java.substring(0, statements).replace("@Path(", "@retrofit2.http.Path(")
                + "class Example {\n  static Object[] make() {\n"
                + body
                + "    return new Object[] {mesh, inventory};\n  }\n}\n";
    }
}
