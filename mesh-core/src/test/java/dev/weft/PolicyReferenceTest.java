package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.policy.PolicyDocument;
import dev.weft.policy.PolicyRefused;
import dev.weft.policy.PolicyText;
import dev.weft.policy.Settings;
import dev.weft.stack.Slot;
import dev.weft.stack.Stack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docs/} says of the settings is what the code declares. */
class PolicyReferenceTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Stack STANDARD = ClientStack.standard(Mesh.builder());
    private static final Settings SETTINGS = MeshBuilder.settings(STANDARD, STANDARD);

    private static void isUpToDate(String name, String text) throws IOException {
        Path file = DOCS.resolve(name);
        if (Boolean.getBoolean("weft.regenerate")) {
            Files.writeString(file, text);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as(
                        "docs/%s; after a change of settings run: mvn test -pl mesh-core -am -Dtest=PolicyReferenceTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dweft.regenerate=true",
                        name)
                .isEqualTo(text);
    }

    @Test
    void schemaIsPublished() throws IOException {
        isUpToDate("policy.schema.json", SETTINGS.schema());
    }

    @Test
    void referenceIsPublished() throws IOException {
        isUpToDate(
                "policy-reference.md",
                "# Policy reference\n\nEvery setting of the standard stack, in the order of the stack. Written by"
                        + " `PolicyReferenceTest` from the code; see [policy.md](policy.md) for the file that they stand"
                        + " in.\n\n" + SETTINGS.reference());
    }

    @Test
    void policiesInTheDocsAreGoodOnesOrBadOnesAsTold() throws IOException {
        Matcher blocks = Pattern.compile("(?ms)^```(yaml|yaml broken|text errors)\\n(.*?)^```$")
                .matcher(Files.readString(DOCS.resolve("policy.md")));
        int good = 0;
        String told = "";
        while (blocks.find()) {
            PolicyText text = new PolicyText("policy.yaml", blocks.group(2).getBytes(StandardCharsets.UTF_8), 0);
            switch (blocks.group(1)) {
                case "yaml" -> {
                    assertThat(PolicyDocument.parse(text, SETTINGS).warnings()).isEmpty();
                    good++;
                }
                case "yaml broken" ->
                    told = catchThrowableOfType(PolicyRefused.class, () -> PolicyDocument.parse(text, SETTINGS))
                            .getMessage();
                default -> assertThat(blocks.group(2).strip()).isEqualTo(told);
            }
        }
        assertThat(good).isPositive();
        assertThat(told).isNotEmpty();
    }

    @Test
    void layerThatWasTakenOutLeavesItsWordsKnown() {
        Settings fewer = MeshBuilder.settings(STANDARD, STANDARD.remove(Slot.BREAKER));

        assertThat(fewer.find("breaker.mode")).isNotNull();
        PolicyDocument.parse(
                new PolicyText("shared", "defaults: {breaker: {mode: enforce}}".getBytes(StandardCharsets.UTF_8), 0),
                fewer);
    }
}
