package dev.weft.storefront;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.weft.Mesh;
import dev.weft.consul.Consul;
import dev.weft.consul.ConsulBuilder;
import dev.weft.consul.ConsulRegistration;
import dev.weft.consul.Registration;
import dev.weft.endpoint.Health;
import dev.weft.http.MeshHttp;
import dev.weft.http.server.MeshFilter;
import dev.weft.identity.Keyring;
import dev.weft.identity.ServerTls;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import retrofit2.Retrofit;
import retrofit2.converter.jackson.JacksonConverterFactory;

/**
 * The service: how its mesh is made, what it serves, and how it comes and goes. It needs nobody to be there when it
 * starts; {@code /health} tells what it waits for.
 */
public final class Storefront implements AutoCloseable {
    static final String NAME = "storefront";
    static final String POLICY = "weft/policy";

    private static final Duration HEALTH_EVERY = Duration.ofSeconds(1);
    private static final int GRACE_SECONDS = 3;

    private final Settings settings;
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final Mesh mesh;
    private final HttpsServer server;
    private final HttpServer admin;
    private final ConsulRegistration registration;

    private Storefront(Settings settings, OpenTelemetry telemetry) throws IOException {
        this.settings = settings;
        // Ports first: with one taken there is nothing to undo.
        this.server = HttpsServer.create(new InetSocketAddress(settings.port()), 0);
        this.admin =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.adminPort()), 0);

        Consul consul = consul(settings);
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        this.mesh = Mesh.builder()
                .resolver(consul.connectResolver())
                .policy(consul.policy(POLICY))
                .identity(consul.identity(NAME))
                .stateFolder(settings.stateFolder())
                .openTelemetry(telemetry)
                .metrics(metrics)
                .with(m -> consul)
                .with(m -> consul.status(NAME, settings.instance()).follow(m.policy()))
                .start();
        MeshHttp http = MeshHttp.create(mesh);

        Keyring identity = Objects.requireNonNull(mesh.identity());
        server.setHttpsConfigurator(
                new HttpsConfigurator(new ServerTls(identity, settings.tls(), mesh.time()).context()));
        server.setExecutor(workers);
        server.createContext("/items/", new Items(client(http, InventoryApi.class), client(http, PricingApi.class)))
                .getFilters()
                .addAll(List.of(MeshFilter.of(mesh), new ServerSpans(telemetry)));
        admin.createContext("/", new Admin(mesh, metrics));
        server.start();
        admin.start();
        this.registration = consul.register(Registration.of(NAME, port())
                .id(settings.instance())
                .connectNative()
                .healthUrl("http://127.0.0.1:" + adminPort() + "/health", HEALTH_EVERY));
    }

    static Storefront start(Settings settings, OpenTelemetry telemetry) throws IOException {
        return new Storefront(settings, telemetry);
    }

    private static Consul consul(Settings settings) {
        ConsulBuilder builder = Consul.builder()
                .address(settings.consul())
                .cacheFolder(settings.stateFolder().resolve("services"));
        return (settings.tokenFile() == null ? builder : builder.tokenFile(settings.tokenFile())).build();
    }

    private static <T> T client(MeshHttp http, Class<T> api) {
        return new Retrofit.Builder()
                .baseUrl("https://mesh/") // the annotation says which service
                .callFactory(http.callFactory(api))
                .addConverterFactory(JacksonConverterFactory.create())
                .build()
                .create(api);
    }

    int port() {
        return server.getAddress().getPort();
    }

    int adminPort() {
        return admin.getAddress().getPort();
    }

    /** Callers go elsewhere first, then what is under way ends, then our own calls, then all else. */
    @Override
    public void close() {
        registration.health(Health.DRAINING);
        mesh.time().park(() -> false, mesh.time().nanos() + settings.notice().toNanos());
        // Java 17 waits that long even where nothing is under way.
        server.stop(GRACE_SECONDS);
        mesh.close();
        admin.stop(0);
        workers.shutdown();
    }
}
