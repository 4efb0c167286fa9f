package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.policy.PolicyRevision;
import dev.weft.policy.PolicyStatus;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Consul that speaks HTTPS and wants to see a certificate. */
class ConsulTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path folder;

    @Test
    void everythingWorksOverMutualTlsAndNothingWithoutACertificate() throws Exception {
        KeyStore store = selfSigned();
        Path certificate =
                pem("cert.pem", "CERTIFICATE", store.getCertificate("k").getEncoded());
        Path key = pem("key.pem", "PRIVATE KEY", store.getKey("k", PASSWORD).getEncoded());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        X509TrustManager trusting = (X509TrustManager) trust.getTrustManagers()[0];
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext known = SSLContext.getInstance("TLS");
        known.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        SSLContext unknown = SSLContext.getInstance("TLS");
        unknown.init(null, trust.getTrustManagers(), null);

        try (ConsulAgent agent =
                ConsulAgent.builder().https(certificate, certificate, key).start()) {
            Registered.service(agent, "web", "web-1", 81);
            SeenEndpoints seen = new SeenEndpoints();
            try (Consul consul = Consul.builder()
                            .address(agent.httpsUrl())
                            .tls(known, trusting)
                            .build();
                    ConsulStatus status = consul.status("tls", "one")) {
                consul.resolver().watch("web", seen);
                seen.awaitSize(1);
                Registered.service(agent, "web", "web-2", 82);
                seen.awaitSize(2);
                status.report(
                        new PolicyStatus(PolicyStatus.State.NONE, PolicyRevision.BUILT_IN, null, "", Instant.EPOCH));
                Awaitility.await()
                        .atMost(SeenEndpoints.LONG)
                        .untilAsserted(() -> assertThat(consul.statuses()).hasSize(1));
            }

            SeenEndpoints stranger = new SeenEndpoints();
            try (Consul consul = Consul.builder()
                    .address(agent.httpsUrl())
                    .tls(unknown, trusting)
                    .build()) {
                consul.resolver().watch("web", stranger);
                stranger.awaitFailure("GET /v1/health/service/web");
                assertThat(stranger.lists).isEmpty();
            }
        }
    }

    private KeyStore selfSigned() throws Exception {
        Path file = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD),
                        "-alias",
                        "k",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=consul",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-ext",
                        "bc=ca:true")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor())
                .as(Files.readString(folder.resolve("keytool.log")))
                .isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        store.setCertificateEntry("root", store.getCertificate("k"));
        return store;
    }

    private Path pem(String name, String label, byte[] der) throws Exception {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(
                folder.resolve(name), "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
    }
}
