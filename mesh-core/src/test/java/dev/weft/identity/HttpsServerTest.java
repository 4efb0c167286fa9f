package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestCa;
import dev.weft.time.Time;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JDK's own HTTPS server, configured once, through rotations. */
@Timeout(120)
class HttpsServerTest {
    private static final TestCa CA = TestCa.root("example.org");

    static List<TlsProvider> providers() {
        return Tls.PROVIDERS;
    }

    @ParameterizedTest
    @MethodSource("providers")
    void oneContextServesEveryIdentity(TlsProvider provider) throws Exception {
        FixedIdentity web = new FixedIdentity(CA.consulSvid("web").trusting(CA));
        ServerTls tls = Tls.server(Tls.keyring(web, Time.system()), provider);
        ClientTls client = Tls.client(Tls.keyring(CA.consulSvid("store").trusting(CA)), "web", provider);
        HttpsServer server = serve(tls);
        try {
            assertThat(get(server, client)).isEqualTo("spiffe://example.org/ns/default/dc/dc1/svc/store");
            Identity next = CA.consulSvid("web").trusting(CA);
            web.rotate(next);
            // The JDK's client would go on with its pooled connection; another factory makes it open a new one.
            Keyring other = Tls.keyring(CA.consulSvid("store").trusting(CA));
            HttpsURLConnection connection = connection(server, Tls.client(other, "web", provider));
            connection.connect();
            assertThat(connection.getServerCertificates()[0]).isEqualTo(next.leaf());
            assertThat(body(connection)).isEqualTo("spiffe://example.org/ns/default/dc/dc1/svc/store");
            tls.expect(List.of(IdPattern.parse("spiffe://example.org/somebody/else")));
            assertThat(refused(server, Tls.client(other, "web", provider))).isTrue();
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void strictWantsACertificateAndPermissiveDoesWithout(TlsProvider provider) throws Exception {
        Keyring web = Tls.keyring(CA.consulSvid("web").trusting(CA));
        List<IdPattern> anyone = List.of(IdPattern.parse("spiffe://{trustDomain}/**"));
        HttpsServer strict = serve(new ServerTls(web, TlsMode.STRICT, anyone, Time.system(), provider));
        HttpsServer permissive = serve(new ServerTls(web, TlsMode.PERMISSIVE, anyone, Time.system(), provider));
        try {
            assertThat(getNameless(permissive, provider)).isEqualTo("nobody");
            assertThat(get(
                            permissive,
                            Tls.client(Tls.keyring(CA.consulSvid("store").trusting(CA)), "web", provider)))
                    .isEqualTo("spiffe://example.org/ns/default/dc/dc1/svc/store");
            assertThatThrownBy(() -> getNameless(strict, provider)).isInstanceOf(IOException.class);
        } finally {
            strict.stop(0);
            permissive.stop(0);
        }
    }

    private static HttpsServer serve(ServerTls tls) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
        server.createContext("/", exchange -> answer(exchange, tls));
        server.start();
        return server;
    }

    private static void answer(HttpExchange exchange, ServerTls tls) throws IOException {
        SpiffeId client = tls.client(((HttpsExchange) exchange).getSSLSession());
        byte[] body = (client == null ? "nobody" : client.toString()).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static boolean refused(HttpsServer server, ClientTls client) {
        try {
            get(server, client);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static String get(HttpsServer server, ClientTls client) throws IOException {
        return body(connection(server, client));
    }

    private static HttpsURLConnection connection(HttpsServer server, ClientTls client) throws IOException {
        HttpsURLConnection connection = connection(server);
        connection.setSSLSocketFactory(client.socketFactory());
        connection.setHostnameVerifier(client.hostnameVerifier());
        return connection;
    }

    private static String getNameless(HttpsServer server, TlsProvider provider) throws IOException {
        HttpsURLConnection connection = connection(server);
        connection.setSSLSocketFactory(Tls.careless(null, provider));
        connection.setHostnameVerifier((host, session) -> true);
        return body(connection);
    }

    private static HttpsURLConnection connection(HttpsServer server) throws IOException {
        URI address = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/");
        HttpsURLConnection connection = (HttpsURLConnection) address.toURL().openConnection();
        connection.setRequestProperty("connection", "close");
        connection.setReadTimeout(30_000);
        return connection;
    }

    private static String body(HttpsURLConnection connection) throws IOException {
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
