package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.BalancerContract;
import dev.weft.testkit.PageCode;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What docs/balancers.md says of writing one, done to the letter: by an application, and in Weft itself. The page's
 * balancer keeps the contract.
 */
class BalancersPageTest extends BalancerContract {
    private static final Path PAGE = Path.of("..", "docs", "balancers.md");
    private static final Path KINDS = Path.of("src", "main", "java", "dev", "weft", "balance", "BalancerKind.java");

    private static final String IMPORTS = """
            import dev.weft.*;
            import dev.weft.balance.*;
            import dev.weft.call.*;
            import dev.weft.endpoint.*;
            import dev.weft.policy.LayerValues;
            import dev.weft.stack.Slot;
            import dev.weft.testkit.StillWire;
            import io.opentelemetry.context.Context;
            import java.util.*;
            import java.util.concurrent.atomic.AtomicLongArray;
            """;

    /** Three hundred calls to two endpoints, of which the second has twice the weight. */
    private static final String CALLS = """
            public final class Calls {
                public static List<Integer> made() {
                    List<Endpoint> two = List.of(Endpoint.of("10.0.0.1", 80), Endpoint.of("10.0.0.2", 80).withWeight(2));
                    List<Integer> ports = new ArrayList<>(List.of(0, 0));
                    try (Mesh mesh = BUILDER.resolver(StaticResolver.empty().with("inventory", two)).start()) {
                        Route<String> route =
                                mesh.client(new StillWire()).route("inventory", "GET", "/", LayerValues.NONE);
                        for (int i = 0; i < 300; i++) {
                            Call call = route.newCall("request", Pace.blocking(mesh.time()), Context.root());
                            route.send(call);
                            int at = call.latest().node().endpoint().host().equals("10.0.0.1") ? 0 : 1;
                            ports.set(at, ports.get(at) + 1);
                        }
                    }
                    return ports;
                }
            """;

    private static ClassLoader application = BalancersPageTest.class.getClassLoader();

    @BeforeAll
    static void write(@TempDir Path folder) throws IOException {
        List<String> java = PageCode.blocks(PAGE, "java");
        String used = java.get(java.size() - 1).strip();
        application = new PageCode(folder)
                .with("FewestCalls.java", "package example;\n" + IMPORTS + balancerOfThePage())
                .with(
                        "Calls.java",
                        "package example;\n" + IMPORTS + CALLS.replace("BUILDER", used)
                                + "    public static Balancer balancer() { return FewestCalls::new; }\n}\n")
                .compiled();
    }

    private static String balancerOfThePage() throws IOException {
        List<String> java = PageCode.blocks(PAGE, "java");
        return java.get(java.size() - 2);
    }

    private static Object run(ClassLoader loader, String method) {
        try {
            Method made = loader.loadClass("example.Calls").getMethod(method);
            return made.invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the page's example does not run", e);
        }
    }

    @Override
    protected Balancer balancer() {
        return (Balancer) run(application, "balancer");
    }

    @Test
    void anApplicationUsesItsOwnByOneLine() {
        assertThat(run(application, "made")).isEqualTo(List.of(100, 200));
    }

    @Test
    void inWeftItIsOneFileAndOneLineAndPolicyKnowsIt(@TempDir Path folder) throws IOException {
        String page = Files.readString(PAGE);
        Matcher line = Pattern.compile("```\n( +[A-Z_]+\\(tuning -> .*,\n)```").matcher(page);
        Matcher kind = Pattern.compile("Policy then knows `kind: (\\w+)`").matcher(page);
        assertThat(line.find()).isTrue();
        assertThat(kind.find()).isTrue();
        String first = "public enum BalancerKind {\n";
        String kinds = Files.readString(KINDS);
        assertThat(kinds).contains(first);

        ClassLoader weft = new PageCode(folder)
                .with("FewestCalls.java", "package dev.weft.balance;\n" + IMPORTS + balancerOfThePage())
                .with("BalancerKind.java", kinds.replace(first, first + line.group(1)))
                .with(
                        "Calls.java",
                        "package example;\n" + IMPORTS
                                + CALLS.replace(
                                        "BUILDER", "Mesh.builder().set(\"balancer.kind\", \"" + kind.group(1) + "\")")
                                + "}\n")
                .compiledInPlace();

        assertThat(run(weft, "made")).isEqualTo(List.of(100, 200));
    }
}
