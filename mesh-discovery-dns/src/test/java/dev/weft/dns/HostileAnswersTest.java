package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** Answers that are wrong, broken or forged, from a real socket. */
final class HostileAnswersTest {
    private static final int HEADER = 12;

    private final FakeNameServer server = FakeNameServer.start();
    private final DnsResolver resolver = DnsResolver.builder()
            .addresses("{service}.test.", 80)
            .family(IpFamily.IPV4)
            .nameServers(server.address())
            .timeout(Duration.ofSeconds(5))
            .build();

    @AfterEach
    void stop() {
        resolver.close();
        server.close();
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of("wrong id", (Function<Message, byte[]>) answer -> {
                    byte[] wire = forged(answer).toWire();
                    wire[0] ^= 1;
                    return wire;
                }),
                Arguments.of("an answer to another question", (Function<Message, byte[]>) answer -> {
                    Message other = forged(answer);
                    other.removeAllRecords(Section.QUESTION);
                    other.addRecord(Zone.record("evil.test. 60 A 10.6.6.6"), Section.QUESTION);
                    return other.toWire();
                }),
                Arguments.of("no question", (Function<Message, byte[]>) answer -> {
                    Message other = forged(answer);
                    other.removeAllRecords(Section.QUESTION);
                    return other.toWire();
                }),
                Arguments.of("the question sent back", (Function<Message, byte[]>) answer -> {
                    answer.getHeader().unsetFlag(Flags.QR);
                    return forged(answer).toWire();
                }),
                Arguments.of("nothing at all", (Function<Message, byte[]>) answer -> new byte[0]),
                Arguments.of("five bytes", (Function<Message, byte[]>) answer -> Arrays.copyOf(answer.toWire(), 5)),
                Arguments.of("cut in a record", (Function<Message, byte[]>) answer -> {
                    byte[] wire = forged(answer).toWire();
                    return Arrays.copyOf(wire, wire.length - 3);
                }),
                Arguments.of("more records announced than sent", (Function<Message, byte[]>) answer -> {
                    byte[] wire = forged(answer).toWire();
                    wire[6] = (byte) 0xff;
                    return wire;
                }),
                Arguments.of("a name that points at itself", (Function<Message, byte[]>) answer -> pointing(answer, 0)),
                Arguments.of("a name that points ahead", (Function<Message, byte[]>) answer -> pointing(answer, 40)),
                Arguments.of("truncated", (Function<Message, byte[]>) answer -> {
                    answer.getHeader().setFlag(Flags.TC);
                    return forged(answer).toWire();
                }));
    }

    /** With an address that must never be used. */
    private static Message forged(Message answer) {
        answer.removeAllRecords(Section.ANSWER);
        answer.addRecord(Zone.record(answer.getQuestion().getName() + " 60 A 10.6.6.6"), Section.ANSWER);
        return answer;
    }

    /** The owner of the first record becomes a pointer so far behind the place where it stands. */
    private static byte[] pointing(Message answer, int ahead) {
        byte[] wire = forged(answer).toWire();
        int owner = HEADER + answer.getQuestion().getName().length() + 4;
        int to = owner + ahead;
        wire[owner] = (byte) (0xc0 | to >> 8);
        wire[owner + 1] = (byte) to;
        return wire;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void anAnswerThatIsNoneIsAskedForOverTcpAndNotUsed(String kind, Function<Message, byte[]> breaking) {
        server.zone.knows("shop.test. 60 A 10.0.0.1");
        server.answers(asked ->
                List.of(asked.tcp() ? server.zone.answer(asked).toWire() : breaking.apply(server.zone.answer(asked))));
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaits("10.0.0.1:80");
        assertThat(server.questions()).containsExactly("shop.test. A", "shop.test. A tcp");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void whereTcpIsNoBetterItIsAFailureThatNamesTheServer(String kind, Function<Message, byte[]> breaking) {
        server.zone.knows("shop.test. 60 A 10.0.0.1");
        server.answers(asked -> List.of(breaking.apply(server.zone.answer(asked))));
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaitsFailure(server.address().replace(":", " port "));
        assertThat(seen.lists).isEmpty();
    }

    @Test
    void aForgedAnswerBeforeTheRightOneDoesNoHarm() {
        server.zone.knows("shop.test. 60 A 10.0.0.1");
        server.answers(asked -> {
            byte[] wrong = forged(server.zone.answer(asked)).toWire();
            wrong[1] ^= 1;
            byte[] right = server.zone.answer(asked).toWire();
            return asked.tcp() ? List.of(right) : List.of(wrong, right);
        });
        Seen.watching(resolver, "shop").awaits("10.0.0.1:80");
    }

    @Test
    void recordsThatWereNotAskedForAreIgnored() {
        server.zone.knows("shop.test. 60 A 10.0.0.1");
        server.changes(answer -> {
            answer.addRecord(Zone.record("bank.test. 60 A 10.6.6.6"), Section.ANSWER);
            answer.addRecord(Zone.record("x.shop.test. 60 A 10.6.6.6"), Section.ANSWER);
            answer.addRecord(Zone.record("bank.test. 60 CNAME shop.test."), Section.ANSWER);
            answer.addRecord(Zone.record("shop.test. 60 A 10.6.6.6"), Section.ADDITIONAL);
            answer.addRecord(Zone.record("shop.test. 60 A 10.6.6.6"), Section.AUTHORITY);
            return answer;
        });
        Seen.watching(resolver, "shop").awaits("10.0.0.1:80");
    }

    @Test
    void aliasesInACircleWithinOneAnswerAreAFailure() {
        server.changes(answer -> {
            answer.addRecord(Zone.record("shop.test. 60 CNAME a.test."), Section.ANSWER);
            answer.addRecord(Zone.record("a.test. 60 CNAME shop.test."), Section.ANSWER);
            return answer;
        });
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaitsFailure("its aliases lead in a circle");
        assertThat(seen.lists).isEmpty();
    }

    @Test
    void aDatagramLargerThanWasAskedForIsRepeatedOverTcpAndThreeThousandAddressesAreTaken() {
        String[] lines = new String[3000];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = "shop.test. 60 A 10.0." + i / 250 + "." + (i % 250 + 1);
        }
        server.zone.knows(Arrays.copyOf(lines, 200));
        Seen seen = Seen.watching(resolver, "shop");
        await().atMost(Seen.LONG).until(() -> seen.last().size() == 200);
        assertThat(server.questions()).containsExactly("shop.test. A", "shop.test. A tcp");
        for (int i = 0; i < lines.length; i++) {
            lines[i] = "more." + lines[i];
        }
        server.zone.knows(lines);
        server.answers(asked -> asked.tcp() ? List.of(server.zone.answer(asked).toWire()) : List.of(new byte[] {1}));
        Seen more = Seen.watching(resolver, "more.shop");
        await().atMost(Seen.LONG).until(() -> more.last().size() == 3000);
    }

    @Test
    void anAnswerFromAnotherPortIsNone() {
        server.zone.knows("shop.test. 60 A 10.6.6.6");
        server.answersFromAnotherPort();
        resolver.close();
        DnsResolver impatient = DnsResolver.builder()
                .addresses("{service}.test.", 80)
                .family(IpFamily.IPV4)
                .nameServers(server.address())
                .timeout(Duration.ofMillis(300))
                .build();
        try (impatient) {
            Seen seen = Seen.watching(impatient, "shop");
            seen.awaitsFailure("no answer in time");
            assertThat(seen.lists).isEmpty();
        }
    }

    @Test
    void aChainOfManyAliasesIsAFailure() {
        server.changes(answer -> {
            answer.addRecord(Zone.record("shop.test. 60 CNAME a0.test."), Section.ANSWER);
            for (int i = 0; i < 1500; i++) {
                answer.addRecord(Zone.record("a" + i + ".test. 60 CNAME a" + (i + 1) + ".test."), Section.ANSWER);
            }
            answer.addRecord(Zone.record("a1500.test. 60 A 10.6.6.6"), Section.ANSWER);
            return answer;
        });
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaitsFailure("more than 8 aliases");
        assertThat(seen.lists).isEmpty();
    }

    @Test
    void asManyRecordsAsAMessageCanHoldAreTakenInTime() {
        String[] lines = new String[1000];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = "_http._tcp.shop.test. 60 SRV 0 0 80 t" + i + ".t.";
        }
        server.zone.knows(lines);
        server.changes(answer -> {
            for (int i = 0; i < lines.length; i++) {
                answer.addRecord(Zone.record("t" + i + ".t. 60 A 10.0." + i / 250 + "." + i % 250), Section.ADDITIONAL);
            }
            return answer;
        });
        DnsResolver srv = DnsResolver.builder()
                .srv("_http._tcp.{service}.test.")
                .nameServers(server.address())
                .overTcp()
                .build();
        try (srv) {
            Seen seen = Seen.watching(srv, "shop");
            await().atMost(Seen.LONG).until(() -> seen.last().size() == lines.length);
            assertThat(server.questions()).containsExactly("_http._tcp.shop.test. SRV tcp");
        }
    }

    @Test
    void aReferralIsAFailureAndNoAbsence() {
        server.changes(answer -> {
            answer.getHeader().setRcode(0);
            answer.removeAllRecords(Section.AUTHORITY);
            answer.addRecord(Zone.record("test. 60 NS ns.test."), Section.AUTHORITY);
            return answer;
        });
        Seen.watching(resolver, "shop").awaitsFailure("a resolver that asks further is needed");
    }
}
