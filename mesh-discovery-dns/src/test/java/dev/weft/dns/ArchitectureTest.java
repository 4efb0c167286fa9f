package dev.weft.dns;

import dev.weft.testkit.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest extends HouseRules {
    @Test
    void knowsNoTransportAndNoOtherSource() {
        knowsNothingOf("okhttp3..", "io.grpc..", "io.netty..", "dev.weft.http..", "dev.weft.consul..");
    }
}
