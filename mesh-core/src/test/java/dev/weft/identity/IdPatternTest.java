package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weft.policy.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdPatternTest {
    @ParameterizedTest
    @CsvSource({
        "spiffe://{trustDomain}/ns/*/dc/*/svc/{service}, spiffe://own.org/ns/a/dc/b/svc/web, true",
        "spiffe://{trustDomain}/ns/*/dc/*/svc/{service}, spiffe://own.org/ns/a/dc/b/svc/web2, false",
        "spiffe://{trustDomain}/ns/*/dc/*/svc/{service}, spiffe://other.org/ns/a/dc/b/svc/web, false",
        "spiffe://{trustDomain}/ns/*/dc/*/svc/{service}, spiffe://own.org/ns/a/dc/b/svc/web/x, false",
        "spiffe://{trustDomain}/ns/*/dc/*/svc/{service}, spiffe://own.org/ns/a/dc/b/svc, false",
        "spiffe://{trustDomain}/ns/*/dc/*/svc/{service}, spiffe://own.org/ns/a/b/dc/c/svc/web, false",
        "spiffe://{trustDomain}/ns/*/dc/*/svc/{service}, spiffe://own.org/NS/a/dc/b/svc/web, false",
        "spiffe://other.org/{service}, spiffe://other.org/web, true",
        "spiffe://other.org/{service}, spiffe://own.org/web, false",
        "spiffe://{trustDomain}/sa/{service}-server, spiffe://own.org/sa/web-server, true",
        "spiffe://{trustDomain}/sa/{service}-server, spiffe://own.org/sa/web, false",
        "spiffe://{trustDomain}/**, spiffe://own.org/a/b/c, true",
        "spiffe://{trustDomain}/**, spiffe://own.org, false",
        "spiffe://{trustDomain}/a/**, spiffe://own.org/a, false",
        "spiffe://{trustDomain}/a/**, spiffe://own.org/a/b, true",
        "spiffe://{trustDomain}/a/**, spiffe://own.org/b/b, false",
    })
    void patternsMatchSegmentBySegment(String pattern, String id, boolean matches) {
        assertThat(IdPattern.parse(pattern).matches(SpiffeId.parse(id), "own.org", "web"))
                .isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "**", "x/svc/web", "", "../web"})
    void aServicesNameIsTakenLiterallyAndIsNoPattern(String service) {
        IdPattern pattern = IdPattern.parse("spiffe://{trustDomain}/svc/{service}");
        assertThat(pattern.matches(SpiffeId.parse("spiffe://own.org/svc/web"), "own.org", service))
                .isFalse();
        assertThat(pattern.matches(SpiffeId.parse("spiffe://own.org/svc/x/svc/web"), "own.org", service))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "web",
                "https://own.org/web",
                "spiffe://own.org",
                "spiffe://*/web",
                "spiffe://own.org/**/web",
                "spiffe://own.org/a*",
                "spiffe://own.org/a/",
                "spiffe://own.org//a",
                "spiffe://own.org/{name}",
                "spiffe://own.org/a?b",
                "spiffe://OWN.org/a",
            })
    void whatIsNoPatternIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IdPattern.parse(text))
                .withMessageContaining("'" + text + "' is not a pattern");
    }

    @Test
    void aHugePatternIsReadOrRefusedButNeverExhaustsTheStack() {
        String deep = "spiffe://own.org" + "/a".repeat(5_000);
        String wide = "spiffe://own.org/" + "a".repeat(200_000);
        assertThatIllegalArgumentException().isThrownBy(() -> IdPattern.parse(deep));
        assertThatIllegalArgumentException().isThrownBy(() -> IdPattern.parse(wide));
    }

    @Test
    void theSettingsReadWhatTheyWriteAndTakeOneOrSeveral() {
        var type = TlsSettings.SERVER_ID.type();
        List<IdPattern> builtIn = TlsSettings.SERVER_ID.builtIn();
        assertThat(type.parse(type.render(builtIn))).isEqualTo(builtIn);
        assertThat(type.parse("spiffe://a.org/web")).hasSize(1);
        assertThat(type.parse(List.of("spiffe://a.org/web", "spiffe://b.org/web")))
                .hasSize(2);
        assertThat(TlsSettings.MODE.type().parse("permissive")).isEqualTo(TlsMode.PERMISSIVE);
        assertThat(Settings.of(TlsSettings.all())).isNotNull();
    }
}
