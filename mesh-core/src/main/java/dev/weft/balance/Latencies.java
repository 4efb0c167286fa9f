package dev.weft.balance;

import dev.weft.endpoint.LatencyAverage;
import dev.weft.endpoint.Node;
import java.util.Arrays;
import java.util.List;

/** What nodes are known to take; of many nodes, some from all over the list. */
final class Latencies {
    private static final int MOST = 255;

    private Latencies() {}

    /** The latency in nanoseconds that this part of them does not exceed; 0 where nothing is known. */
    static double quantile(List<Node> nodes, double part) {
        double[] known = new double[MOST];
        int size = 0;
        int step = 1 + (nodes.size() - 1) / MOST;
        for (int i = 0; i < nodes.size(); i += step) {
            LatencyAverage latency = nodes.get(i).latency();
            if (!latency.unknown()) {
                known[size++] = latency.last();
            }
        }
        Arrays.sort(known, 0, size);
        return size == 0 ? 0 : known[(int) (size * part)];
    }
}
