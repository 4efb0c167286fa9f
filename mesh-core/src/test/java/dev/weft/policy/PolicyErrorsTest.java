package dev.weft.policy;

import static dev.weft.policy.Samples.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of wrong text, and what people are told. */
class PolicyErrorsTest {
    private static List<String> errors(String text) {
        return errors(Samples.text(text));
    }

    private static List<String> errors(PolicyText text) {
        PolicyRefused refused =
                catchThrowableOfType(PolicyRefused.class, () -> PolicyDocument.parse(text, Samples.SETTINGS));
        assertThat(refused).as("refusal of %s", text).isNotNull();
        return refused.errors().stream().map(PolicyError::toString).toList();
    }

    static Stream<Arguments> wrongTexts() {
        return Stream.of(
                Arguments.of(
                        "defaults: {retry: {atempts: 3}}",
                        "policy.yaml:1:20: defaults.retry.atempts: unknown key; did you mean retry.attempts?"),
                Arguments.of(
                        "defaults: {attempts: 3}",
                        "policy.yaml:1:12: defaults.attempts: unknown key; did you mean retry.attempts?"),
                Arguments.of(
                        "defaults:\n  zzz: 3",
                        "policy.yaml:2:3: defaults.zzz: unknown key; expected one of deadline, retry, idempotent, balancer,"
                                + " breaker"),
                Arguments.of(
                        "defaults: {retry.attempts: 3}",
                        "policy.yaml:1:12: defaults.retry.attempts: is not written with dots: nest it, as in retry:"
                                + " {attempts: ...}"),
                Arguments.of(
                        "defaults: {deadline: {total: -2s}}",
                        "policy.yaml:1:30: defaults.deadline.total: \"-2s\" is negative; expected a duration of 1ms to"
                                + " 1h, such as 250ms or 2s, or off"),
                Arguments.of(
                        "defaults: {deadline: {total: 2}}",
                        "policy.yaml:1:30: defaults.deadline.total: \"2\" has no unit: write 2ms or 2s; expected a duration"
                                + " of 1ms to 1h, such as 250ms or 2s, or off"),
                Arguments.of(
                        "defaults: {deadline: {total: [2s]}}",
                        "policy.yaml:1:30: defaults.deadline.total: \"[2s]\" must be one value, not a list; expected a"
                                + " duration of 1ms to 1h, such as 250ms or 2s, or off"),
                Arguments.of(
                        "defaults: {deadline: {total: {ms: 2}}}",
                        "policy.yaml:1:30: defaults.deadline.total: must be a value, not a group of keys; expected a"
                                + " duration of 1ms to 1h, such as 250ms or 2s, or off"),
                Arguments.of(
                        "defaults: {deadline: {total: }}",
                        "policy.yaml:1:29: defaults.deadline.total: has no value; expected a duration of 1ms to 1h, such as"
                                + " 250ms or 2s, or off"),
                Arguments.of(
                        "defaults: {deadline: 2s}",
                        "policy.yaml:1:22: defaults.deadline: must be a group of settings; expected one or more of total"),
                Arguments.of(
                        "defaults: {retry: {attempts: 99999999999999999999}}",
                        "policy.yaml:1:30: defaults.retry.attempts: \"99999999999999999999\" is not a whole number;"
                                + " expected a whole number of 1 to 5"),
                Arguments.of(
                        "defaults: {retry: {attempts: 9}}",
                        "policy.yaml:1:30: defaults.retry.attempts: \"9\" must be 5 or less; expected a whole number of 1"
                                + " to 5"),
                Arguments.of(
                        "defaults: {retry: {statuses: [502, 5x]}}",
                        "policy.yaml:1:30: defaults.retry.statuses: \"[502, 5x]\" is not a whole number; expected a list;"
                                + " each item an HTTP status of 100 to 599 or the name of a gRPC status, such as"
                                + " 500 or INTERNAL"),
                Arguments.of(
                        "defaults: {retry: {statuses: [502, [503]]}}",
                        "policy.yaml:1:36: defaults.retry.statuses: has an item that is no plain value; expected a list;"
                                + " each item an HTTP status of 100 to 599 or the name of a gRPC status, such as"
                                + " 500 or INTERNAL"),
                Arguments.of(
                        "defaults: {balancer: {kind: peakewma}}",
                        "policy.yaml:1:29: defaults.balancer.kind: \"peakewma\" is unknown (did you mean peakEwma?); expected one of"
                                + " roundRobin, least, peakEwma"),
                Arguments.of(
                        "default: {}",
                        "policy.yaml:1:1: default: unknown key; expected weft, defaults or services; did you mean"
                                + " defaults?"),
                Arguments.of(
                        "retry: {attempts: 3}",
                        "policy.yaml:1:1: retry: settings stand under defaults or under a service"),
                Arguments.of(
                        "weft: 2",
                        "policy.yaml:1:7: weft: this version of Weft reads policies of format 1; expected weft: 1"),
                Arguments.of(
                        "just words",
                        "policy.yaml:1:1: must be a mapping of keys to values; expected a policy: defaults, services"),
                Arguments.of(
                        "- a\n- b",
                        "policy.yaml:1:1: must be a mapping of keys to values; expected a policy: defaults, services"),
                Arguments.of(
                        "services: {'*': {}}",
                        "policy.yaml:1:12: services.*: is no name of a service: letters, digits, dot, dash and"
                                + " underscore"),
                Arguments.of(
                        "services: {a: {routes: {name: x}}}",
                        "policy.yaml:1:24: services.a.routes: must be a list; expected a list of routes, each with name"
                                + " and match"),
                Arguments.of(
                        "services: {a: {routes: [{name: x}]}}",
                        "policy.yaml:1:25: services.a.routes[0]: has no match; expected match with method, path or both;"
                                + " path: /** takes every call"),
                Arguments.of(
                        "services: {a: {routes: [{name: x, match: {}}]}}",
                        "policy.yaml:1:42: services.a.routes[0].match: names no condition; expected method, path or both;"
                                + " path: /** takes every call"),
                Arguments.of(
                        "services: {a: {routes: [{match: {path: /}}]}}",
                        "policy.yaml:1:25: services.a.routes[0]: has no name; expected name: a word that metrics and"
                                + " explain show"),
                Arguments.of(
                        "services: {a: {routes: [{name: x, match: {path: /a*b}}]}}",
                        "policy.yaml:1:49: services.a.routes[0].match.path: the path \"/a*b\" may have * only for a whole"
                                + " segment"),
                Arguments.of(
                        "services: {a: {routes: [{name: x, match: {paht: /a}}]}}",
                        "policy.yaml:1:43: services.a.routes[0].match.paht: unknown key; expected method or path; did you"
                                + " mean path?"),
                Arguments.of(
                        "services: {a: {routes: [{name: x, match: {method: get}}]}}",
                        "policy.yaml:1:51: services.a.routes[0].match.method: is no method; expected GET, POST or another"
                                + " in capitals, or a list of them"),
                Arguments.of(
                        "services: {a: {routes: [{name: x, match: {path: /}, balancer: {kind: least}}]}}",
                        "policy.yaml:1:64: services.a.routes[0].balancer.kind: balancer.kind is set for a whole service,"
                                + " not for a route: move it up to the service, beside its routes, or to defaults"),
                Arguments.of(
                        "a: &x 1",
                        "policy.yaml:1:4: anchors (&name) are not used in policies; write the value"
                                + " where it is wanted"),
                Arguments.of(
                        "a: *x",
                        "policy.yaml:1:4: aliases (*name) are not used in policies; write the value"
                                + " out, or quote it where a star is meant"),
                Arguments.of(
                        "a: !!java.net.URL [x]",
                        "policy.yaml:1:4: tags (tag:yaml.org,2002:java.net.URL) are not used in policies"),
                Arguments.of("? [a, b]\n: c", "policy.yaml:1:3: a key must be one word"),
                Arguments.of("weft: 1\nweft: 1", "policy.yaml:2:1: the key \"weft\" stands here twice"),
                Arguments.of(
                        "weft: 1\n---\nweft: 1",
                        "policy.yaml:2:1: a policy is one document; take out what follows ---"),
                Arguments.of(
                        "weft: 1\ndefaults:\n\tretry: {}",
                        "policy.yaml:3:1: cannot be read: found character '\\t(TAB)' that cannot start any token. (Do not"
                                + " use \\t(TAB) for indentation)"),
                Arguments.of(
                        "weft: 1\ndefaults: {",
                        "policy.yaml:2:12: cannot be read: expected the node content, but found '<stream end>'"),
                Arguments.of("weft: 1\nde\0faults:", "policy.yaml:2:3: the text has the control character U+0000"),
                Arguments.of(
                        "weft: 1\nde\u0085\u0007faults:",
                        "policy.yaml:2:4: the text has the control character U+0007"));
    }

    @ParameterizedTest
    @MethodSource("wrongTexts")
    void isToldWithPlaceAndCure(String text, String told) {
        assertThat(errors(text)).containsExactly(told);
    }

    @Test
    void allFaultsAreToldAtOnceInTheOrderOfTheText() {
        assertThat(errors("""
                        weft: 3
                        defaults:
                          retry: {attempts: none, bugdet: {}}
                        services:
                          a:
                            routes:
                              - {name: x, match: {path: /}, deadline: {total: 1}}
                              - {name: x, match: {path: /b}}
                        """))
                .extracting(error -> error.split(": ", 3)[0])
                .containsExactly(
                        "policy.yaml:1:7",
                        "policy.yaml:3:21",
                        "policy.yaml:3:27",
                        "policy.yaml:7:55",
                        "policy.yaml:8:9");
    }

    @Test
    void thousandsOfFaultsAreToldUpToALimit() {
        StringBuilder built = new StringBuilder("defaults:\n");
        for (int i = 0; i < 15_000; i++) {
            built.append("  unknownKeyNumber").append(i).append(": 1\n");
        }
        assertThat(errors(built.toString())).hasSize(50);
    }

    @Test
    void moreThanTheLimitIsNotEvenRead() {
        assertThat(errors("#".repeat(2_000_000)))
                .containsExactly(
                        "policy.yaml:1:1: the text is larger than a policy may be, which is 524288 bytes (512 KiB)");
        assertThat(parse("#".repeat(512 * 1024)).warnings()).isEmpty();
    }

    @Test
    void textThatIsNotUtf8IsRefusedAtItsPlace() {
        byte[] latin = "weft: 1\n# caf\u00e9 au lait\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(errors(new PolicyText("policy.yaml", latin, 0)))
                .containsExactly("policy.yaml:2:6: the text is not UTF-8 from byte 14 on");
        byte[] cut = {'a', (byte) 0xC3};
        assertThat(errors(new PolicyText("policy.yaml", cut, 0)))
                .containsExactly("policy.yaml:1:2: the text is not UTF-8 from byte 2 on");
        byte[] wide = "weft: 1".getBytes(StandardCharsets.UTF_16);
        assertThat(errors(new PolicyText("policy.yaml", wide, 0)))
                .hasSize(1)
                .first()
                .asString()
                .contains("not UTF-8");
    }

    @Test
    void deepNestingIsRefusedAndDoesNotExhaustTheStack() {
        assertThat(errors("[".repeat(200_000)).get(0)).contains("nested more than 20 levels deep");
        assertThat(errors("{a: ".repeat(100_000)).get(0)).contains("nested more than 20 levels deep");
        assertThat(errors("- ".repeat(200_000)).get(0)).contains("nested more than 20 levels deep");
        assertThat(errors("? ".repeat(200_000)).get(0)).contains("nested more than 20 levels deep");
        StringBuilder block = new StringBuilder();
        for (int i = 0; i < 700; i++) {
            block.append(" ".repeat(i)).append("a:\n");
        }
        assertThat(errors(block.toString()).get(0)).contains("nested more than 20 levels deep");
    }

    @Test
    void charactersBeyondTheBasicPlaneMayStandAnywhere() {
        for (int i = 1; i < 4_100; i += i < 1_000 ? 97 : 1) {
            assertThat(parse("#" + "x".repeat(i) + "\uD83D\uDE00".repeat(3) + "\nweft: 1\n")
                            .warnings())
                    .isEmpty();
        }
    }

    @Test
    void bombsOfAliasesAreRefusedAtTheFirstAnchor() {
        assertThat(errors("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"))
                .containsExactly(
                        "policy.yaml:1:4: anchors (&name) are not used in policies; write the value where it is"
                                + " wanted");
    }

    @Test
    void whatIsQuotedFromTheTextCannotForgeALogLine() {
        assertThat(errors("defaults: {\"a\\nERROR forged\\e[31m\": 1}").get(0))
                .isEqualTo(
                        "policy.yaml:1:12: defaults.a ERROR forged [31m: unknown key; expected one of deadline, retry,"
                                + " idempotent, balancer, breaker");
    }

    @Test
    void rulesThatAreNeverReachedAreWarnedOf() {
        PolicyDocument document = parse("""
                services:
                  a:
                    routes:
                      - {name: reads, match: {method: [GET, HEAD], path: /items/**}}
                      - {name: one, match: {method: GET, path: /items/*}}
                      - {name: post, match: {method: POST, path: /items/*}}
                """);
        assertThat(document.warnings())
                .extracting(PolicyError::toString)
                .containsExactly(
                        "policy.yaml:5:9: services.a.routes[1]: the route one is never reached: reads above it takes all its"
                                + " calls");
    }

    @Test
    void emptyTextIsAPolicyThatSaysNothing() {
        for (String text : List.of(
                "",
                "\n\n",
                "# only a comment\n",
                "---\n",
                "--- ~\n",
                "null",
                "{}",
                "weft: 1",
                "\uFEFFweft: 1\n",
                "defaults:\nservices:\n",
                "services: {a: {routes: }, b: }")) {
            assertThat(parse(text).defaults().isEmpty()).as(text).isTrue();
        }
    }
}
