package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import dev.weft.stack.Slot;
import dev.weft.testkit.HouseRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/architecture.md says of mesh-core, and what the stack prints of itself. */
class ArchitectureTest extends HouseRules {
    private static final Path PAGE = Path.of("..", "docs", "architecture.md");
    private static final Pattern ROW = Pattern.compile("\\| (\\d) \\| (.*) \\|");
    private static final Pattern NAME = Pattern.compile("`([a-z.]+)`");

    @Test
    void coreKnowsNoTransportAndNoRegistry() {
        knowsNothingOf(
                "okhttp3..", "okio..", "retrofit2..", "io.grpc..", "io.netty..", "org.kiwiproject..", "org.xbill..");
    }

    /** The table of rows in the page is the rule. {@code file} stands above {@code time} in the lowest. */
    @Test
    void arrowsOnlyPointDownAsThePageSays() throws IOException {
        Map<String, Integer> rows = rows();
        List<String> up = new ArrayList<>();
        for (JavaClass each : classes) {
            for (Dependency arrow : each.getDirectDependenciesFromSelf()) {
                String from = each.getPackageName();
                String to = arrow.getTargetClass().getPackageName();
                if (to.startsWith("dev.weft") && !from.equals(to) && row(rows, from) <= row(rows, to)) {
                    up.add(from + " -> " + to + ": " + arrow.getDescription());
                }
            }
        }
        assertThat(up).isEmpty();
        assertThat(rows).hasSizeGreaterThan(10);
    }

    private static int row(Map<String, Integer> rows, String name) {
        Integer row = rows.get(name);
        assertThat(row).as("the row of " + name + " in " + PAGE).isNotNull();
        return row == null ? 0 : row;
    }

    private static Map<String, Integer> rows() throws IOException {
        Map<String, Integer> rows = new HashMap<>();
        Matcher line = ROW.matcher(Files.readString(PAGE, StandardCharsets.UTF_8));
        while (line.find()) {
            Matcher name = NAME.matcher(line.group(2));
            while (name.find()) {
                String full = name.group(1).startsWith("dev.weft") ? name.group(1) : "dev.weft." + name.group(1);
                rows.put(full, 10 * Integer.parseInt(line.group(1)));
            }
        }
        rows.computeIfPresent("dev.weft.file", (name, row) -> row + 1);
        return rows;
    }

    /** The text is for people; whoever changes the stack changes it, and the page, knowingly. */
    @Test
    void theStackPrintsAsTheListThatPeopleKnow() throws IOException {
        try (Mesh mesh = Mesh.builder().start()) {
            assertThat(mesh.stack().toString())
                    .isEqualToNormalizingNewlines(Files.readString(Path.of("src", "test", "resources", "stack.txt")));
        }
    }

    @Test
    void thePageShowsEverySlotOfTheStackInItsOrder() throws IOException {
        String drawing = Files.readString(PAGE, StandardCharsets.UTF_8).split("```", -1)[1];
        int at = 0;
        for (Slot slot : Slot.values()) {
            int found = drawing.indexOf(" " + slot + " ", at);
            assertThat(found)
                    .as(slot + " in " + PAGE + ", below the slots before it")
                    .isPositive();
            at = found;
        }
    }
}
