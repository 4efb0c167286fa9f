package dev.weft.bench.faults.peers;

import dev.weft.bench.load.ListedAddresses;
import dev.weft.call.Criticality;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * gRPC-Java by its service config: round robin under outlier detection (looked at every second; half of 5 or more failed;
 * out for a second), up to three attempts with back-off within its retry throttle.
 */
final class GrpcJava implements Peer {
    private final ManagedChannel channel;
    private final Duration deadline;

    GrpcJava(Around around) {
        deadline = around.deadline();
        List<String> addresses =
                around.callable().stream().map(port -> Around.HOST + ':' + port).toList();
        channel = NettyChannelBuilder.forTarget(ListedAddresses.target(addresses))
                .usePlaintext()
                .defaultServiceConfig(config())
                .enableRetry()
                .build();
    }

    private static Map<String, Object> config() {
        Map<String, Object> retry = Map.of(
                "maxAttempts",
                3.0,
                "initialBackoff",
                "0.02s",
                "maxBackoff",
                "0.2s",
                "backoffMultiplier",
                2.0,
                "retryableStatusCodes",
                List.of("UNAVAILABLE", "INTERNAL"));
        Map<String, Object> outliers = Map.of(
                "interval",
                "1s",
                "baseEjectionTime",
                "1s",
                "maxEjectionTime",
                "5s",
                "maxEjectionPercent",
                50.0,
                "failurePercentageEjection",
                Map.of("threshold", 50.0, "minimumHosts", 3.0, "requestVolume", 5.0),
                "childPolicy",
                List.of(Map.of("round_robin", Map.of())));
        return Map.of(
                "loadBalancingConfig", List.of(Map.of("outlier_detection_experimental", outliers)),
                "retryThrottling", Map.of("maxTokens", 100.0, "tokenRatio", 0.2),
                "methodConfig", List.of(Map.of("name", List.of(Map.of()), "retryPolicy", retry)));
    }

    @Override
    public void call(Criticality level, Done done) {
        Stock.call(channel, deadline, done);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
