package dev.weft.policy;

import static dev.weft.policy.Samples.ATTEMPTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.policy.PolicyStatus.State;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedPolicySource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyStoreTest {
    private static final String TWO = "defaults: {retry: {attempts: 2}}\n";
    private static final String FOUR = "defaults: {retry: {attempts: 4}}\n";
    private static final String BAD = "defaults:\n  retry: {attempts: -4}\n";

    private final FakeTime time = new FakeTime();
    private final ScriptedPolicySource source = new ScriptedPolicySource();
    private final List<PolicySnapshot> changes = new ArrayList<>();
    private final List<State> states = new ArrayList<>();

    @TempDir
    private Path folder;

    private PolicyStore store() {
        PolicyStore store = new PolicyStore(Samples.SETTINGS, ApplicationPolicy.NONE, time);
        store.onChange(changes::add);
        store.onStatus(status -> states.add(status.state()));
        store.start(source, null);
        return store;
    }

    /** A store as after a restart. */
    private PolicyStore restarted(ScriptedPolicySource from) {
        PolicyStore store = new PolicyStore(Samples.SETTINGS, ApplicationPolicy.NONE, time);
        store.start(from, folder);
        return store;
    }

    private static int attempts(PolicyStore store) {
        return store.current().service("any").policy(-1, LayerValues.NONE).get(ATTEMPTS);
    }

    @Test
    void builtInDefaultsHoldUntilTheSourceSpeaksAndItSaysSo() {
        PolicyStore store = store();

        assertThat(attempts(store)).isEqualTo(3);
        assertThat(store.status().state()).isEqualTo(State.NONE);
        assertThat(store.status().reason()).isEqualTo("waiting for test/policy");
        source.says().absent();
        assertThat(store.status().reason()).isEqualTo("there is no policy in test/policy");
        assertThat(store.status().revision()).isEqualTo(PolicyRevision.BUILT_IN);
        assertThat(changes).isEmpty();
    }

    @Test
    void goodTextIsInUseAtOnceWithItsRevision() {
        PolicyStore store = store();
        time.advance(Duration.ofSeconds(5));
        source.says(TWO, 17);

        assertThat(attempts(store)).isEqualTo(2);
        assertThat(changes).containsExactly(store.current());
        PolicyRevision revision = store.status().revision();
        assertThat(store.status()).isEqualTo(new PolicyStatus(State.APPLIED, revision, null, "", time.now()));
        assertThat(store.current().revision()).isEqualTo(revision);
        assertThat(revision.toString()).matches("test/policy [0-9a-f]{12} \\(index 17\\)");
        assertThat(revision.at()).isEqualTo(time.now());
    }

    @Test
    void badTextIsRefusedWithItsLineAndTheLastGoodStays() {
        PolicyStore store = store();
        source.says(TWO, 1);
        PolicySnapshot before = store.current();
        source.says(BAD, 2);

        assertThat(store.current()).isSameAs(before);
        PolicyStatus status = store.status();
        assertThat(status.state()).isEqualTo(State.REFUSED);
        assertThat(status.reason()).startsWith("test/policy:2:21: defaults.retry.attempts: \"-4\" must be 1 or more");
        assertThat(status.revision().index()).isEqualTo(1);
        assertThat(status.refused())
                .isNotNull()
                .extracting(PolicyRevision::index)
                .isEqualTo(2L);

        source.says(FOUR, 3);
        assertThat(attempts(store)).isEqualTo(4);
        assertThat(store.status().refused()).isNull();
        assertThat(states).containsExactly(State.NONE, State.APPLIED, State.REFUSED, State.APPLIED);
    }

    @Test
    void sameBytesChangeNothingButTheIndex() {
        PolicyStore store = store();
        source.says(TWO, 1);
        PolicySnapshot before = store.current();
        time.advance(Duration.ofSeconds(5));
        source.says(TWO, 2);

        assertThat(store.current()).isSameAs(before);
        assertThat(changes).hasSize(1);
        assertThat(store.status().revision().index()).isEqualTo(2);
        assertThat(store.status().since()).isEqualTo(before.revision().at());

        source.says(TWO, 2);
        assertThat(states).containsExactly(State.NONE, State.APPLIED, State.APPLIED);
    }

    @Test
    void textRefusedBeforeIsNotReadAgainAndKeepsItsReason() {
        PolicyStore store = store();
        source.says(BAD, 1);
        PolicyStatus refused = store.status();
        source.says().failed("connection refused");
        assertThat(store.status().state()).isEqualTo(State.NONE);
        assertThat(store.status().refused()).isEqualTo(refused.refused());
        source.says(BAD, 1);

        assertThat(store.status().reason()).isEqualTo(refused.reason());
        assertThat(store.status().state()).isEqualTo(State.REFUSED);
    }

    @Test
    void deletedTextStaysInUseUntilItIsReplaced() {
        PolicyStore store = store();
        source.says(TWO, 1);
        source.says().absent();

        assertThat(attempts(store)).isEqualTo(2);
        assertThat(store.status().state()).isEqualTo(State.STALE);
        assertThat(store.status().reason())
                .isEqualTo("test/policy was deleted; write an empty policy there to clear it");

        source.says("", 2);
        assertThat(attempts(store)).isEqualTo(3);
        assertThat(store.status().state()).isEqualTo(State.APPLIED);
    }

    @Test
    void sourceThatCannotBeReadLeavesThePolicyStaleSinceThen() {
        PolicyStore store = store();
        source.says(TWO, 1);
        time.advance(Duration.ofSeconds(5));
        source.says().failed("connection refused");
        time.advance(Duration.ofSeconds(5));
        source.says().failed("connection\nreset");

        assertThat(attempts(store)).isEqualTo(2);
        assertThat(store.status().state()).isEqualTo(State.STALE);
        assertThat(store.status().reason()).isEqualTo("test/policy cannot be read: connection reset");
        assertThat(store.status().since()).isEqualTo(time.now().minusSeconds(5));

        source.says(TWO, 1);
        assertThat(store.status().state()).isEqualTo(State.APPLIED);
        assertThat(changes).hasSize(1);
    }

    @Test
    void failingListenersHarmNobody() {
        PolicyStore store = store();
        List<PolicySnapshot> later = new ArrayList<>();
        store.onChange(snapshot -> {
            throw new IllegalStateException("of the test");
        });
        store.onStatus(status -> {
            throw new AssertionError("of the test");
        });
        store.onChange(later::add);
        source.says(TWO, 1);

        assertThat(attempts(store)).isEqualTo(2);
        assertThat(later).hasSize(1);
    }

    @Test
    void typeThatFailsIsARefusal() {
        SettingType<String> broken = new ScalarType<>(
                text -> {
                    if (text.equals("x")) {
                        return text;
                    }
                    throw new StackOverflowError("of the test");
                },
                text -> text,
                "x",
                Map.of());
        Setting<String> setting = Setting.route("broken", broken, "x", "Breaks.");
        PolicyStore store = new PolicyStore(Settings.of(List.of(setting)), ApplicationPolicy.NONE, time);
        store.start(source, null);
        source.says("defaults: {broken: y}", 1);

        assertThat(store.status().state()).isEqualTo(State.REFUSED);
        assertThat(store.status().reason()).contains("StackOverflowError: of the test");
    }

    @Test
    void followsOneSourceAndHearsNothingAfterItsEnd() {
        PolicyStore store = store();
        assertThatThrownBy(() -> store.start(new ScriptedPolicySource(), null))
                .isInstanceOf(IllegalStateException.class);
        source.says(TWO, 1);
        store.close();
        source.says(FOUR, 2);

        assertThat(source.closed()).isTrue();
        assertThat(attempts(store)).isEqualTo(2);
    }

    @Test
    void lastGoodCopyIsUsedWhileTheSourceIsAwayAndReplacedWhenItAnswers() {
        try (PolicyStore first = restarted(new ScriptedPolicySource())) {
            assertThat(attempts(first)).isEqualTo(3);
        }
        ScriptedPolicySource before = new ScriptedPolicySource();
        PolicyStore first = restarted(before);
        before.says(TWO, 41);
        before.says(BAD, 42);
        time.advance(Duration.ofHours(3));

        PolicyStore second = restarted(source);
        assertThat(attempts(second)).isEqualTo(2);
        assertThat(second.status().state()).isEqualTo(State.STALE);
        assertThat(second.status().reason()).isEqualTo("test/policy has not answered yet; this is the last good copy");
        assertThat(second.status().revision()).isEqualTo(first.status().revision());
        assertThat(second.current().explain("any", "GET", "/", LayerValues.NONE).rows())
                .contains(new Policy.Explained("retry.attempts", "2", new Origin(Layer.DEFAULTS, "test/policy:1:30")));
        source.says().failed("connection refused");
        assertThat(attempts(second)).isEqualTo(2);
        source.says(FOUR, 43);
        assertThat(attempts(second)).isEqualTo(4);
        assertThat(second.status().state()).isEqualTo(State.APPLIED);

        assertThat(attempts(restarted(new ScriptedPolicySource()))).isEqualTo(4);
    }

    @Test
    void readersSeeOneWholePolicyWhileAnotherComes() throws Exception {
        PolicyStore store = store();
        source.says("defaults: {retry: {attempts: 1}, deadline: {total: 1s}}", 0);
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(2);
        Callable<Integer> reader = () -> {
            int reads = 0;
            while (!over.get()) {
                Policy policy = store.current().service("any").policy(-1, LayerValues.NONE);
                assertThat(policy.get(Samples.DEADLINE)).hasSeconds(policy.get(ATTEMPTS));
                reads++;
            }
            return reads;
        };
        try {
            List<Future<Integer>> results = List.of(readers.submit(reader), readers.submit(reader));
            for (int i = 0; i < 2_000; i++) {
                int n = i % 5 + 1;
                source.says("defaults: {retry: {attempts: %d}, deadline: {total: %ds}}".formatted(n, n), i);
            }
            over.set(true);
            for (Future<Integer> result : results) {
                assertThat(result.get(20, TimeUnit.SECONDS)).isPositive();
            }
        } finally {
            over.set(true);
            readers.shutdownNow();
        }
    }

    @Test
    void copiesOfDifferentSourcesDoNotMeet() throws IOException {
        LastGood one = new LastGood(folder, "consul kv a/b");
        LastGood two = new LastGood(folder, "consul kv a_b");
        PolicyText text = new PolicyText("consul kv a/b", TWO.getBytes(StandardCharsets.UTF_8), 1);
        one.save(text, new PolicyRevision(text.source(), 1, Sha256.hex(text.bytes()), time.now()));

        assertThat(one.read()).isEqualTo(new LastGood.Copy(text, time.now()));
        assertThat(two.read()).isNull();
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "changed", "empty", "headless", "folder", "bad"})
    void damagedCopyIsNotUsed(String how) throws IOException {
        ScriptedPolicySource before = new ScriptedPolicySource();
        restarted(before);
        before.says(TWO, 41);
        Path file;
        try (var files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        String text = Files.readString(file);
        switch (how) {
            case "cut" -> Files.writeString(file, text.substring(0, text.length() - 5));
            case "changed" -> Files.writeString(file, text.replace("attempts: 2", "attempts: 5"));
            case "empty" -> Files.writeString(file, "");
            case "headless" -> Files.writeString(file, TWO);
            case "folder" -> {
                Files.delete(file);
                Files.createDirectory(file);
            }
            default -> {
                String hash = Sha256.hex(BAD.getBytes(StandardCharsets.UTF_8));
                Files.writeString(file, text.replaceAll("sha256 .*\n.*\n", "sha256 " + hash + "\n" + BAD));
            }
        }
        PolicyStore store = restarted(source);

        assertThat(attempts(store)).isEqualTo(3);
        assertThat(store.status().state()).isEqualTo(State.NONE);
        source.says(FOUR, 42);
        assertThat(attempts(store)).isEqualTo(4);
        try (var files = Files.list(folder)) {
            assertThat(files).as("nothing half-written is left").containsExactly(file);
        }
    }

    @Test
    void folderThatCannotBeWrittenDoesNoHarm() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        PolicyStore store = new PolicyStore(Samples.SETTINGS, ApplicationPolicy.NONE, time);
        store.start(source, file.resolve("below"));
        source.says(TWO, 1);

        assertThat(attempts(store)).isEqualTo(2);
    }
}
