package dev.weft.grpc;

import dev.weft.testkit.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest extends HouseRules {
    @Test
    void knowsNoOtherTransportAndNoOtherSource() {
        knowsNothingOf("okhttp3..", "dev.weft.http..", "org.kiwiproject..");
    }
}
