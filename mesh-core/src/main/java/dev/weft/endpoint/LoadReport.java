package dev.weft.endpoint;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of its own load with an answer: xDS' {@code OrcaLoadReport}. A server can say anything: what is not
 * a number, negative, or too small or large to make sense counts as not said, which is 0.
 *
 * @param applicationUtilization how full the server is by its own reckoning; 1 is full, and more is possible
 * @param cpuUtilization the share of its processors in use
 * @param qps requests per second that it serves, to all of its clients
 * @param eps those of them that fail
 * @param named what else it measures, by its full name: {@code utilization.queue}, {@code named_metrics.depth}; immutable
 */
public record LoadReport(
        double applicationUtilization, double cpuUtilization, double qps, double eps, Map<String, Double> named) {
    private static final double MIN = 1e-9;
    private static final double MAX = 1e12;

    public LoadReport {
        applicationUtilization = said(applicationUtilization);
        cpuUtilization = said(cpuUtilization);
        qps = said(qps);
        eps = said(eps);
        named = said(named);
    }

    private static double said(double value) {
        return value >= MIN && value <= MAX ? value : 0;
    }

    private static Map<String, Double> said(Map<String, Double> values) {
        if (values.isEmpty()) {
            return Map.of();
        }
        Map<String, Double> said = new HashMap<>();
        values.forEach((name, value) -> {
            if (said(value) > 0) {
                said.put(name, value);
            }
        });
        return Map.copyOf(said);
    }

    /** Whether a weight can be worked out from it. */
    public boolean usable() {
        return qps > 0 && (applicationUtilization > 0 || cpuUtilization > 0 || !named.isEmpty());
    }

    /** Reads the serialised message, as in the gRPC trailer {@code endpoint-load-metrics-bin}; null for what is none. */
    public static @Nullable LoadReport ofBinary(byte[] message) {
        return new OrcaMessage(message).read();
    }

    /**
     * Reads the HTTP header {@code endpoint-load-metrics}: {@code TEXT cpu_utilization=0.3,rps_fractional=120}, {@code JSON
     * {"cpu_utilization": 0.3}} or {@code BIN} and the message in base64; without such a word it is text. Null for what is
     * none of it.
     */
    public static @Nullable LoadReport ofHeader(String value) {
        return OrcaHeader.read(value);
    }
}
