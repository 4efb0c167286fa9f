package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** When it asks again, and what it believes: real questions, time that the test moves. */
final class RefreshTest {
    private static final String[] THREE = {"10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"};

    private final FakeTime time = new FakeTime();
    private final FakeNameServer server = FakeNameServer.start();
    private DnsResolver resolver = resolver(Duration.ofSeconds(30));

    private DnsResolver resolver(Duration confirmLoss) {
        return DnsResolver.builder()
                .addresses("{service}.test.", 80)
                .family(IpFamily.IPV4)
                .nameServers(server.address())
                .confirmLoss(confirmLoss)
                .time(time)
                .random(new SplittableRandom(7))
                .build();
    }

    @AfterEach
    void stop() {
        resolver.close();
        server.close();
    }

    /** Waits until a look-up has ended and the next is due some time. */
    private void settle() {
        await().atMost(Seen.LONG).pollInterval(Duration.ofMillis(2)).until(() -> time.pending() == 1);
    }

    /** Goes to the next look-up and through it; says how long it was away. */
    private Duration next() {
        settle();
        Duration before = time.elapsed();
        time.step();
        settle();
        return time.elapsed().minus(before);
    }

    private void knows(int ttl, int count) {
        String[] lines = new String[count];
        for (int i = 0; i < count; i++) {
            lines[i] = "shop.test. " + ttl + " A 10.0.0." + (i + 1);
        }
        server.zone.knows(lines);
    }

    private void fails() {
        server.changes(answer -> {
            answer.removeAllRecords(Section.ANSWER);
            answer.getHeader().setRcode(Rcode.SERVFAIL);
            return answer;
        });
    }

    @ParameterizedTest
    @CsvSource({"60, 45000, 57000", "0, 750, 950", "86400, 225000, 285000", "2147483647, 225000, 285000"})
    void asksAgainAheadOfTheEndOfTheClampedTtl(int ttl, long earliest, long latest) {
        knows(ttl, 2);
        Seen.watching(resolver, "shop");
        Duration first = next();
        Duration second = next();
        assertThat(first).isBetween(Duration.ofMillis(earliest), Duration.ofMillis(latest));
        assertThat(second).isBetween(Duration.ofMillis(earliest), Duration.ofMillis(latest));
        assertThat(first).as("chance keeps clients apart").isNotEqualTo(second);
    }

    @Test
    void theSmallestTtlOfAllRecordsAndAliasesCounts() {
        server.zone.knows("shop.test. 10 CNAME a.test.", "a.test. 60 A 10.0.0.1", "a.test. 60 A 10.0.0.2");
        Seen.watching(resolver, "shop");
        assertThat(next()).isBetween(Duration.ofMillis(7500), Duration.ofMillis(9500));
    }

    @ParameterizedTest
    @CsvSource({"4, 3000, 3800", "0, 750, 950", "3600, 7500, 9500"})
    void whatDoesNotExistIsAskedForAgainAfterTheNegativeTtl(int ttl, long earliest, long latest) {
        resolver.close();
        resolver = resolver(Duration.ofHours(1));
        server.zone.negativeTtl(ttl);
        Seen seen = Seen.watching(resolver, "shop");
        assertThat(next()).isBetween(Duration.ofMillis(earliest), Duration.ofMillis(latest));
        assertThat(seen.awaitsFailure("shop.test.")).contains("NXDOMAIN");
    }

    @Test
    void theNegativeTtlIsTheSmallerOfTheSoaRecordsTtlAndItsMinimum() {
        resolver.close();
        resolver = resolver(Duration.ofHours(1));
        server.changes(answer -> {
            answer.removeAllRecords(Section.AUTHORITY);
            answer.addRecord(Zone.record("test. 9 SOA ns.test. a.test. 1 60 60 60 2"), Section.AUTHORITY);
            return answer;
        });
        Seen.watching(resolver, "shop");
        assertThat(next()).isBetween(Duration.ofMillis(1500), Duration.ofMillis(1900));
    }

    @Test
    void failuresAreRepeatedQuicklyAtFirstAndAtMostEveryTenSeconds() {
        fails();
        Seen.watching(resolver, "shop");
        assertThat(next()).isLessThan(Duration.ofMillis(200));
        Duration longest = Duration.ZERO;
        for (int i = 0; i < 30; i++) {
            Duration pause = next();
            assertThat(pause).isBetween(Duration.ofMillis(50), Duration.ofMillis(10_050));
            longest = pause.compareTo(longest) > 0 ? pause : longest;
        }
        assertThat(longest).isGreaterThan(Duration.ofSeconds(3));
    }

    @Test
    void aFailureKeepsTheLastListAndSaysHowOldItIs() {
        knows(60, 3);
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaits(THREE);
        settle();
        fails();
        long age = next().toSeconds();
        assertThat(seen.awaitsFailure("SERVFAIL"))
                .contains("127.0.0.1 port ")
                .contains("the last list (3 endpoints, " + age + " s old) stays in use");
        assertThat(seen.lists).hasSize(1);
        server.isWell();
        next();
        assertThat(seen.lists).as("told again, as the trouble is over").hasSize(2);
        seen.awaits(THREE);
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void anEmptyOrSharplyShrunkListIsBelievedOnlyAfterAWhile(int left) {
        knows(4, 3);
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaits(THREE);
        settle();
        knows(4, left);
        next();
        Duration since = time.elapsed();
        while (seen.lists.size() == 1) {
            assertThat(time.elapsed().minus(since)).isLessThan(Duration.ofSeconds(40));
            assertThat(seen.awaitsFailure(left == 0 ? "NXDOMAIN" : "only 1 endpoints where 3 were known"))
                    .contains("stays in use");
            next();
        }
        assertThat(time.elapsed().minus(since)).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(seen.last()).hasSize(left);
    }

    @Test
    void aBlipTakesNothingAway() {
        knows(4, 3);
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaits(THREE);
        settle();
        for (int blip = 0; blip < 20; blip++) {
            knows(4, 0);
            next();
            next();
            knows(4, 3);
            next();
        }
        assertThat(time.elapsed()).isGreaterThan(Duration.ofMinutes(1));
        assertThat(seen.lists).allSatisfy(list -> assertThat(list).hasSize(3));
    }

    @Test
    void aSmallLossIsBelievedAtOnce() {
        knows(4, 3);
        Seen seen = Seen.watching(resolver, "shop");
        seen.awaits(THREE);
        settle();
        knows(4, 2);
        next();
        seen.awaits("10.0.0.1:80", "10.0.0.2:80");
        assertThat(seen.failures).isEmpty();
    }

    @Test
    void aNameThatNeverResolvedIsInTheEndKnownToHaveNoEndpointsAndStillSaysWhy() {
        Seen seen = Seen.watching(resolver, "shop");
        while (seen.lists.isEmpty()) {
            next();
            assertThat(time.elapsed()).isLessThan(Duration.ofMinutes(1));
        }
        assertThat(seen.last()).isEmpty();
        int before = seen.failures.size();
        next();
        assertThat(seen.failures).hasSizeGreaterThan(before);
        assertThat(seen.failures.get(before)).contains("shop.test. does not exist (NXDOMAIN)");
        knows(4, 1);
        next();
        seen.awaits("10.0.0.1:80");
    }

    @Test
    void onceClosedNothingIsLeftToBeDone() {
        knows(4, 3);
        Seen seen = new Seen();
        var watch = resolver.watch("shop", seen);
        seen.awaits(THREE);
        settle();
        watch.close();
        assertThat(time.pending()).isZero();
    }
}
