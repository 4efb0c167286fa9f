package dev.weft.consul;

import dev.weft.testkit.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest extends HouseRules {
    @Test
    void knowsNoOtherTransportAndNoOtherSource() {
        knowsNothingOf("io.grpc..", "io.netty..", "dev.weft.http..");
    }
}
