package dev.weft.storefront;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.io.IOException;
import java.util.Map;

/** The process: settings and telemetry from the environment, and an orderly end. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
        // Else the JDK's server holds small answers back for 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        OpenTelemetrySdk telemetry = telemetry();
        Storefront storefront = Storefront.start(Settings.of(System.getenv()), telemetry);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            storefront.close();
                            telemetry.close();
                        },
                        "leave"));
    }

    /** By OpenTelemetry's own variables, such as {@code OTEL_EXPORTER_OTLP_ENDPOINT}; metrics are Micrometer's. */
    private static OpenTelemetrySdk telemetry() {
        return AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> Map.of(
                        "otel.service.name", Storefront.NAME,
                        "otel.metrics.exporter", "none",
                        "otel.logs.exporter", "none"))
                .disableShutdownHook() // spans of the last calls are sent after them
                .build()
                .getOpenTelemetrySdk();
    }
}
