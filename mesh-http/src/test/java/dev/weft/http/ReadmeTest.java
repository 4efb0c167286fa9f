package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
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
            Class<?> example = compiled(source(policy));

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
        String[] parts = Files.readString(Path.of("..", "README.md")).split("```" + language + "\n", -1);
        assertThat(parts).as(language + " in the README").hasSize(2);
        return parts[1].substring(0, parts[1].indexOf("```"));
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

    private Class<?> compiled(String source) throws Exception {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "the tests need a JDK");
        StringWriter faults = new StringWriter();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        boolean good = compiler.getTask(
                        faults,
                        null,
                        null,
                        List.of("-proc:none", "-d", folder.toString(), "-classpath", classPath),
                        null,
                        List.of(new Source(source)))
                .call();
        assertThat(good).as("%s%n%s", faults, source).isTrue();
        URL[] compiled = {folder.toUri().toURL()};
        URLClassLoader loader = new URLClassLoader(compiled, ReadmeTest.class.getClassLoader());
        return loader.loadClass("Example");
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
