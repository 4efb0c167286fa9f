package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.testkit.TestCa;
import dev.weft.testkit.TestSvid;
import dev.weft.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PemIdentitySourceTest {
    private static final TestCa CA = TestCa.root("example.org");

    @TempDir
    Path folder;

    private final List<Identity> identities = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    private PemIdentitySource source(Path from) {
        return new PemIdentitySource(
                from.resolve("cert.pem"), from.resolve("key.pem"), from.resolve("bundle.pem"), Time.system());
    }

    private void start(PemIdentitySource source) {
        open.add(source);
        source.start(new IdentitySource.Listener() {
            @Override
            public void identity(Identity identity) {
                identities.add(identity);
            }

            @Override
            public void failed(String reason) {
                failures.add(reason);
            }
        });
    }

    private void awaitIdentity(TestSvid svid) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(identities)
                        .last()
                        .satisfies(last -> assertThat(last.chain()).isEqualTo(svid.chain())));
    }

    private void awaitFailure(String words) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(failures)
                        .anySatisfy(failure -> assertThat(failure).contains(words)));
    }

    @Test
    void whatIsThereIsToldBeforeStartReturns() {
        TestSvid svid = CA.intermediate().consulSvid("web");
        svid.write(folder, CA);

        start(source(folder));

        assertThat(identities).hasSize(1);
        assertThat(identities.get(0).id()).hasToString("spiffe://example.org/ns/default/dc/dc1/svc/web");
        assertThat(identities.get(0).chain()).isEqualTo(svid.chain());
        assertThat(identities.get(0).roots()).isEqualTo(CA.roots());
        assertThat(failures).isEmpty();
    }

    @Test
    void filesThatAreNotThereYetAreNamedAndWaitedFor() {
        start(source(folder));

        assertThat(failures).hasSize(1);
        assertThat(failures.get(0)).isEqualTo(folder.resolve("cert.pem") + " is not there");
        TestSvid svid = CA.consulSvid("web");
        svid.write(folder, CA);
        awaitIdentity(svid);
    }

    @Test
    void aHalfReplacedPairIsNotTakenAndSaysWhichFiles() throws Exception {
        TestSvid first = CA.consulSvid("web");
        first.write(folder, CA);
        start(source(folder));
        TestSvid second = CA.consulSvid("web");

        Files.writeString(folder.resolve("cert.pem"), second.chainPem());

        awaitFailure(folder.resolve("key.pem") + " and " + folder.resolve("cert.pem")
                + ": the private key does not belong to the certificate of spiffe://example.org");
        assertThat(identities).hasSize(1);
        Files.writeString(folder.resolve("key.pem"), second.keyPem());
        awaitIdentity(second);
        assertThat(identities).hasSize(2);
    }

    @Test
    void aFileCutShortIsNotTakenAndNeverQuoted() throws Exception {
        TestSvid first = CA.consulSvid("web");
        first.write(folder, CA);
        start(source(folder));

        String half = first.keyPem().substring(0, 120);
        Files.writeString(folder.resolve("key.pem"), half);

        awaitFailure("key.pem:1: the PRIVATE KEY block does not end; is the file only half written?");
        assertThat(failures).allSatisfy(failure -> assertThat(failure).doesNotContain(half.substring(40, 80)));
        assertThat(identities).hasSize(1);
    }

    @Test
    void aDeletedFileLeavesTheIdentityAsItIs() throws Exception {
        CA.consulSvid("web").write(folder, CA);
        start(source(folder));

        Files.delete(folder.resolve("bundle.pem"));

        awaitFailure("bundle.pem is not there");
        assertThat(identities).hasSize(1);
    }

    /** As the kubelet replaces a secret: one link is swapped for all files at once. */
    @Test
    void aSwappedLinkReplacesTheWholeSetAtOnce() throws Exception {
        link("one", CA.consulSvid("web"));
        for (String file : List.of("cert.pem", "key.pem", "bundle.pem")) {
            Files.createSymbolicLink(folder.resolve(file), Path.of("..data", file));
        }
        start(source(folder));
        assertThat(identities).hasSize(1);

        TestSvid next = CA.consulSvid("web");
        link("two", next);

        awaitIdentity(next);
        assertThat(failures).isEmpty();
    }

    private void link(String version, TestSvid svid) throws IOException {
        svid.write(Files.createDirectory(folder.resolve(version)), CA);
        Path fresh = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(version));
        Files.move(
                fresh, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void aNewRootBesideTheOldOneIsTakenLive() throws Exception {
        TestSvid svid = CA.consulSvid("web");
        svid.write(folder, CA);
        start(source(folder));
        TestCa next = TestCa.root("example.org");

        Files.writeString(folder.resolve("bundle.pem"), TestSvid.pem(List.of(CA.certificate(), next.certificate())));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(identities)
                        .last()
                        .satisfies(last -> assertThat(last.roots().get("example.org"))
                                .containsExactlyInAnyOrder(CA.certificate(), next.certificate())));
    }

    @Test
    void rootsOfAPeerCountForItsTrustDomainAlone() throws Exception {
        TestCa peer = TestCa.root("peer.org");
        CA.consulSvid("web").write(folder, CA);
        Path peerBundle = Files.writeString(folder.resolve("peer.pem"), TestSvid.pem(List.of(peer.certificate())));

        start(source(folder).trusting("peer.org", peerBundle));

        assertThat(identities.get(0).roots()).containsOnlyKeys("example.org", "peer.org");
        assertThat(identities.get(0).roots().get("peer.org")).containsExactly(peer.certificate());
    }

    @Test
    void certificateAndKeyMayShareAFile() throws Exception {
        TestSvid svid = CA.consulSvid("web");
        Path all = Files.writeString(folder.resolve("all.pem"), svid.keyPem() + svid.chainPem());
        Path bundle = Files.writeString(folder.resolve("bundle.pem"), TestSvid.pem(List.of(CA.certificate())));

        start(new PemIdentitySource(all, all, bundle, Time.system()));

        assertThat(identities).hasSize(1);
    }

    @Test
    void aMeshThatIsFedFromFilesRotatesWithThem() throws Exception {
        CA.consulSvid("store").write(folder, CA);
        Keyring keyring = new Keyring(source(folder), Time.system());
        open.add(keyring);
        keyring.start();
        ClientTls tls = Tls.client(keyring, "web", TlsProvider.jdk());
        ServerTls web = Tls.server(Tls.keyring(CA.consulSvid("web").trusting(CA)), TlsProvider.jdk());
        try (LineServer lines = new LineServer(web.socketFactory())) {
            TestSvid next = CA.consulSvid("store");
            next.write(folder, CA);
            await().atMost(Duration.ofSeconds(20)).until(() -> keyring.rotations() == 1);
            try (LineClient line = new LineClient(tls.socketFactory(), lines.port())) {
                line.exchange("hello");
                assertThat(lines.session().getPeerCertificates()[0]).isEqualTo(next.leaf());
            }
        }
    }
}
