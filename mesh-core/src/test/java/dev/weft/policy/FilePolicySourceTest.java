package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.testkit.PolicySourceContract;
import dev.weft.time.Time;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePolicySourceTest extends PolicySourceContract {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("etc/policy.yaml");
    }

    @Override
    protected PolicySource source() {
        return new FilePolicySource(file(), Time.system());
    }

    @Override
    protected void write(byte[] text) throws Exception {
        Files.createDirectories(file().getParent());
        Files.write(file(), text);
    }

    @Override
    protected void delete() throws Exception {
        Files.delete(file());
    }

    @Test
    void whatIsThereAtTheStartIsToldBeforeStartReturns() throws Exception {
        write("weft: 1");
        Heard heard = start();

        assertThat(heard.texts()).containsExactly("weft: 1");
    }

    @Test
    void fileReplacedByRenamingIsSeenEvenWithTheTimeAndSizeOfTheOldOne() throws Exception {
        write("weft: 1 # old");
        FileTime then = FileTime.fromMillis(1_700_000_000_000L);
        Files.setLastModifiedTime(file(), then);
        Heard heard = start();
        Path fresh = Files.writeString(folder.resolve("fresh"), "weft: 1 # new");
        Files.setLastModifiedTime(fresh, then);
        Files.move(fresh, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

        heard.awaits("weft: 1 # new");
    }

    @Test
    void secondWriteWithinTheSameTickOfTheFileSystemsClockIsSeen() throws Exception {
        write("weft: 1 # one");
        FileTime tick = Files.getLastModifiedTime(file());
        Heard heard = start();
        heard.awaits("weft: 1 # one");
        try (OutputStream out = Files.newOutputStream(file())) {
            out.write("weft: 1 # two".getBytes(StandardCharsets.UTF_8));
            out.flush();
            Files.setLastModifiedTime(file(), tick);
        }
        Files.setLastModifiedTime(file(), tick);

        heard.awaits("weft: 1 # two");
    }

    @Test
    void configMapIsFollowedWhenItsLinkIsSwapped() throws Exception {
        // As the kubelet does it: policy.yaml -> ..data/policy.yaml, ..data -> ..2026_01, swapped by renaming.
        Path mount = Files.createDirectories(folder.resolve("etc"));
        configMap(mount, "..2026_01", "weft: 1 # one");
        Files.createSymbolicLink(mount.resolve("policy.yaml"), Path.of("..data/policy.yaml"));
        Heard heard = start();
        heard.awaits("weft: 1 # one");
        configMap(mount, "..2026_02", "weft: 1 # two");

        heard.awaits("weft: 1 # two");
        assertThat(heard.texts()).containsExactly("weft: 1 # one", "weft: 1 # two");
    }

    private static void configMap(Path mount, String version, String text) throws Exception {
        Path data = Files.createDirectory(mount.resolve(version));
        Files.writeString(data.resolve("policy.yaml"), text);
        Path link = Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of(version));
        Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void fileThatIsBeingWrittenIsNotToldUntilItStandsStill() throws Exception {
        List<String> told = new ArrayList<>();
        Words listener = new Words(told);
        FilePolicySource source = new FilePolicySource(file(), Time.system());
        write("defaults: {}\n");
        source.look(listener);
        source.look(listener);
        assertThat(told).containsExactly("text");
        for (String piece : List.of("", "defaults: {retry", "defaults: {retry: {attem")) {
            write(piece);
            source.look(listener);
            assertThat(told).as("after %s", piece).hasSize(1);
        }
        write("defaults: {retry: {attempts: 3}}");
        source.look(listener);
        source.look(listener);
        assertThat(told).containsExactly("text", "text");
    }

    @Test
    void fileThatIsAwayForAMomentIsNotToldAsDeleted() throws Exception {
        List<String> told = new ArrayList<>();
        Words listener = new Words(told);
        FilePolicySource source = new FilePolicySource(file(), Time.system());
        write("weft: 1");
        source.look(listener);
        source.look(listener);
        delete();
        source.look(listener);
        write("weft: 1 # saved by an editor");
        source.look(listener);
        source.look(listener);
        assertThat(told).containsExactly("text", "text");
    }

    @Test
    void whatIsNoReadableFileIsSaidToBeSo() throws Exception {
        List<String> reasons = new CopyOnWriteArrayList<>();
        Files.createDirectories(file());
        try (PolicySource source = source()) {
            source.start(new Words(reasons));
            assertThat(reasons).containsExactly("it is not a file");
            Files.delete(file());
            await().atMost(Duration.ofSeconds(20)).until(() -> reasons.contains("absent"));
            write("weft: 1");
            await().atMost(Duration.ofSeconds(20)).until(() -> reasons.contains("text"));
        }
    }

    @Test
    void hugeFileIsNotReadToItsEnd() throws Exception {
        Files.createDirectories(file().getParent());
        try (var sparse = FileChannel.open(file(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.wrap(new byte[] {'x'}), 8L << 30);
        }
        Heard heard = start();

        assertThat(Objects.requireNonNull(heard.last()).bytes()).hasSize(SourceText.LIMIT_BYTES + 1);
    }

    @Test
    void closingEndsTheThread() throws Exception {
        PolicySource source = source();
        source.start(new Words(new ArrayList<>()));
        source.close();

        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("weft-policy-file");
    }

    @Test
    void editIsInUseSoonAndABrokenOneChangesNothing() throws Exception {
        write("defaults: {retry: {attempts: 2}}");
        try (PolicyStore store = new PolicyStore(Samples.SETTINGS, ApplicationPolicy.NONE, Time.system())) {
            store.start(source(), folder.resolve("kept"));
            assertThat(store.status().state()).isEqualTo(PolicyStatus.State.APPLIED);
            write("defaults: {retry: {attempts: 4}}");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> store.current()
                                    .service("a")
                                    .policy(-1, LayerValues.NONE)
                                    .get(Samples.ATTEMPTS)
                            == 4);
            write("defaults: {retry: {attempts: many}}");
            await().atMost(Duration.ofSeconds(20)).until(() -> store.status().state() == PolicyStatus.State.REFUSED);

            assertThat(store.status().reason()).startsWith(file() + ":1:30: defaults.retry.attempts: \"many\"");
            assertThat(store.current().service("a").policy(-1, LayerValues.NONE).get(Samples.ATTEMPTS))
                    .isEqualTo(4);
        }
    }

    /** Notes in one word what it is told. */
    private record Words(List<String> words) implements PolicySource.Listener {
        @Override
        public void text(PolicyText text) {
            words.add("text");
        }

        @Override
        public void absent() {
            words.add("absent");
        }

        @Override
        public void failed(String reason) {
            words.add(reason);
        }
    }
}
