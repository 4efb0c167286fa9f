package dev.weft.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.FakeTime;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What W3C Trace Context (level 2) says of headers that come in, read off from what is forwarded by a service that
 * traces nothing itself.
 */
class W3cTraceContextTest {
    private static final String TRACE = "12345678901234567890123456789012";
    private static final String PARENT = "00-" + TRACE + "-1234567890123456-01";

    private final Propagation propagation = Propagation.of(OpenTelemetry.noop());

    private HeaderList forwarded(HeaderList in) {
        HeaderList out = new HeaderList();
        Context context = propagation.extract(Context.root(), in, HeaderList.GETTER, new FakeTime());
        propagation.inject(context, out, HeaderList.SETTER);
        return out;
    }

    private String parentOf(String... traceparents) {
        HeaderList in = new HeaderList();
        for (String traceparent : traceparents) {
            in.add("traceparent", traceparent);
        }
        return forwarded(in).only("traceparent");
    }

    private String stateOf(String... tracestates) {
        HeaderList in = new HeaderList().add("traceparent", PARENT);
        for (String tracestate : tracestates) {
            in.add("tracestate", tracestate);
        }
        HeaderList out = forwarded(in);
        assertThat(out.only("traceparent")).as("whatever the tracestate").isEqualTo(PARENT);
        return out.only("tracestate");
    }

    // traceparent

    @ParameterizedTest
    @CsvSource({
        "00-12345678901234567890123456789012-1234567890123456-01, 01",
        "00-12345678901234567890123456789012-1234567890123456-00, 00",
        // §3.2.2.5: random trace id; what has no meaning yet is not passed on
        "00-12345678901234567890123456789012-1234567890123456-02, 02",
        "00-12345678901234567890123456789012-1234567890123456-03, 03",
        "00-12345678901234567890123456789012-1234567890123456-ff, 03",
        // §4.3: a later version is read as far as this one goes
        "cc-12345678901234567890123456789012-1234567890123456-01, 01",
        "cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like, 01",
        "fe-12345678901234567890123456789012-1234567890123456-01-, 01"
    })
    void aValidParentIsForwarded(String traceparent, String flags) {
        assertThat(parentOf(traceparent)).isEqualTo("00-" + TRACE + "-1234567890123456-" + flags);
    }

    @ParameterizedTest
    @ValueSource(strings = {" %s", "\t%s", "%s ", "%s\t", "\t %s \t"})
    void whiteSpaceAroundIsHttpsAndNotItsOwn(String format) {
        assertThat(parentOf(String.format(format, PARENT))).isEqualTo(PARENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "garbage",
                "00",
                "00-",
                "----",
                // version
                "ff-12345678901234567890123456789012-1234567890123456-01",
                ".0-12345678901234567890123456789012-1234567890123456-01",
                "0.-12345678901234567890123456789012-1234567890123456-01",
                "0-12345678901234567890123456789012-1234567890123456-01",
                "000-12345678901234567890123456789012-1234567890123456-01",
                "CC-12345678901234567890123456789012-1234567890123456-01",
                // trace id
                "00-00000000000000000000000000000000-1234567890123456-01",
                "00-.2345678901234567890123456789012-1234567890123456-01",
                "00-1234567890123456789012345678901.-1234567890123456-01",
                "00-123456789012345678901234567890123-1234567890123456-01",
                "00-1234567890123456789012345678901-1234567890123456-01",
                "00-ABCDEF78901234567890123456789012-1234567890123456-01",
                "00-é2345678901234567890123456789012-1234567890123456-01",
                // parent id
                "00-12345678901234567890123456789012-0000000000000000-01",
                "00-12345678901234567890123456789012-.234567890123456-01",
                "00-12345678901234567890123456789012-12345678901234567-01",
                "00-12345678901234567890123456789012-123456789012345-01",
                "00-12345678901234567890123456789012-ABCDEF7890123456-01",
                // flags
                "00-12345678901234567890123456789012-1234567890123456-.0",
                "00-12345678901234567890123456789012-1234567890123456-0.",
                "00-12345678901234567890123456789012-1234567890123456-001",
                "00-12345678901234567890123456789012-1234567890123456-1",
                "00-12345678901234567890123456789012-1234567890123456-0A",
                "00-12345678901234567890123456789012-1234567890123456",
                "00-12345678901234567890123456789012-1234567890123456-",
                // this version ends here, and a later one goes on with a dash
                "00-12345678901234567890123456789012-1234567890123456-01.",
                "00-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
                "cc-12345678901234567890123456789012-1234567890123456-01.what-the-future-will-be-like",
                // separators
                "00_12345678901234567890123456789012-1234567890123456-01",
                "00-12345678901234567890123456789012 1234567890123456-01",
                "00-12345678901234567890123456789012-1234567890123456,01"
            })
    void anInvalidParentIsIgnoredAndItsStateWithIt(String traceparent) {
        HeaderList out =
                forwarded(new HeaderList().add("traceparent", traceparent).add("tracestate", "foo=1"));
        assertThat(out.all("traceparent")).isEmpty();
        assertThat(out.all("tracestate")).isEmpty();
    }

    @Test
    void twoParentsAreInvalidEvenIfTheyAreTheSame() {
        assertThat(parentOf(PARENT, PARENT.replace("9012-", "9011-"))).isEmpty();
        assertThat(parentOf(PARENT, PARENT)).isEmpty();
    }

    @Test
    void namesAreReadInAnyCase() {
        HeaderList out = forwarded(new HeaderList().add("TrAcEpArEnT", PARENT).add("TRACESTATE", "foo=1"));
        assertThat(out.only("traceparent")).isEqualTo(PARENT);
        assertThat(out.only("tracestate")).isEqualTo("foo=1");
    }

    @Test
    void aStateWithoutAParentIsDropped() {
        assertThat(forwarded(new HeaderList().add("tracestate", "foo=1")).all("tracestate"))
                .isEmpty();
    }

    // tracestate

    @Test
    void statesAreJoinedInTheirOrder() {
        assertThat(stateOf("foo=1,bar=2", "rojo=1,congo=2", "baz=3")).isEqualTo("foo=1,bar=2,rojo=1,congo=2,baz=3");
    }

    @Test
    void emptyMembersAndHeadersAreAllowed() {
        assertThat(stateOf("")).isEmpty();
        assertThat(stateOf("foo=1", "")).isEqualTo("foo=1");
        assertThat(stateOf("", "foo=1")).isEqualTo("foo=1");
        assertThat(stateOf("foo=1,,bar=2,")).isEqualTo("foo=1,bar=2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo=1 \t , \t bar=2", "\t foo=1,bar=2 \t", " foo=1,\tbar=2"})
    void whiteSpaceAroundMembersIsNotTheirs(String tracestate) {
        assertThat(stateOf(tracestate)).isEqualTo("foo=1,bar=2");
    }

    @Test
    void everyAllowedCharacterPasses() {
        String key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
        String value = IntStream.rangeClosed(0x20, 0x7e)
                .filter(c -> c != ',' && c != '=')
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        assertThat(stateOf(key + "=" + value)).isEqualTo(key + "=" + value);
        assertThat(stateOf(key + "@a-z0-9_-*/=" + value)).isEqualTo(key + "@a-z0-9_-*/=" + value);
        assertThat(stateOf("0tenant@vendor=1")).isEqualTo("0tenant@vendor=1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo=1,foo=1",
                "foo=1,foo=2",
                "foo =1",
                "FOO=1",
                "foo.bar=1",
                "0foo=1",
                "foo@=1,bar=2",
                "@foo=1,bar=2",
                "foo@@bar=1,bar=2",
                "foo@bar@baz=1,bar=2",
                "foo=bar=baz",
                "foo=,bar=3",
                "=1",
                "foo",
                "foo;bar=1",
                "foo=\u00e9",
                "foo=\u0000"
            })
    void anInvalidMemberInvalidatesAll(String tracestate) {
        assertThat(stateOf(tracestate)).isEmpty();
    }

    @Test
    void aKeyThatComesTwiceInTwoHeadersInvalidatesAll() {
        assertThat(stateOf("foo=1", "foo=2")).isEmpty();
    }

    @Test
    void keysHaveTheirLimits() {
        assertThat(stateOf("foo=1", "z".repeat(256) + "=1")).startsWith("foo=1,zz");
        assertThat(stateOf("foo=1", "z".repeat(257) + "=1")).isEmpty();
        assertThat(stateOf("foo=1", "t".repeat(241) + "@" + "v".repeat(14) + "=1"))
                .startsWith("foo=1,tt");
        assertThat(stateOf("foo=1", "t".repeat(242) + "@v=1")).isEmpty();
        assertThat(stateOf("foo=1", "t@" + "v".repeat(15) + "=1")).isEmpty();
        assertThat(stateOf("foo=" + "v".repeat(256))).isEqualTo("foo=" + "v".repeat(256));
        assertThat(stateOf("foo=" + "v".repeat(257))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"32, 1, true", "33, 1, false", "32, 40, true", "33, 40, false"})
    void thirtyTwoMembersAreAllowed(int members, int length, boolean allowed) {
        List<String> list = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            list.add(String.format("bar%02d=%s", i, "x".repeat(length)));
        }
        assertThat(stateOf(String.join(",", list)).startsWith("bar00=")).isEqualTo(allowed);
    }

    @Test
    void fiveHundredAndTwelveCharactersPassWhole() {
        String exactly = "a=" + "x".repeat(250) + ",b=" + "y".repeat(250) + ",c=zzzz";
        assertThat(exactly).hasSize(512);
        assertThat(stateOf(exactly)).isEqualTo(exactly);
    }

    @Test
    void ofMoreTheLargeMembersGoFirstAndThenTheLast() {
        String large = "large=" + "x".repeat(200);
        List<String> small = IntStream.range(0, 20)
                .mapToObj(i -> String.format("s%02d=%s", i, "y".repeat(26)))
                .toList();
        String joined = String.join(",", small);
        assertThat(stateOf(small.get(0) + "," + large + "," + String.join(",", small.subList(1, 12))))
                .isEqualTo(String.join(",", small.subList(0, 12)));
        String cut = stateOf(large, joined);
        assertThat(cut).hasSizeLessThanOrEqualTo(512).isEqualTo(String.join(",", small.subList(0, 16)));
    }

    @Test
    void aMegabyteOfStateIsNoTrouble() {
        assertThat(stateOf("foo=" + "v".repeat(1 << 20))).isEmpty();
        assertThat(stateOf("foo=1,".repeat(1 << 18))).isEmpty();
        assertThat(stateOf(",".repeat(1 << 20) + "foo=1")).isEqualTo("foo=1");
    }
}
