package dev.weft.endpoint;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A load report while it is read, by the names that its fields have in the proto. */
final class OrcaFields {
    /** Of a report from outside: more is not kept. */
    private static final int MAX_NAMED = 64;

    private static final int MAX_NAME = 256;

    private final Map<String, Double> named = new HashMap<>();
    private double application;
    private double cpu;
    private double qps;
    private double eps;
    private boolean any;

    /** Of several of one name the last counts; an unknown one is skipped, as it may be of a later version. */
    void put(String name, double value) {
        any = true;
        switch (name) {
            case "application_utilization", "applicationUtilization" -> application = value;
            case "cpu_utilization", "cpuUtilization", "cpu" -> cpu = value;
            case "rps_fractional", "rpsFractional", "qps" -> qps = value;
            case "eps" -> eps = value;
            default -> {
                if (name.startsWith("named_metrics.") || name.startsWith("utilization.")) {
                    putNamed(name, value);
                }
            }
        }
    }

    private void putNamed(String name, double value) {
        if (name.length() <= MAX_NAME && (named.size() < MAX_NAMED || named.containsKey(name))) {
            named.put(name, value);
        }
    }

    /** Null where nothing was put. */
    @Nullable
    LoadReport report() {
        return any ? new LoadReport(application, cpu, qps, eps, named) : null;
    }
}
