package dev.weft.consul;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What one process tells of its demand, as Consul lists it. */
record RateRecord(
        @JsonProperty("Key") String key,
        @JsonProperty("Value") @Nullable String value,
        @JsonProperty("Session") @Nullable String session) {
    /** Whether a living process stands behind it. */
    boolean live() {
        return session != null;
    }

    /** Requests a second; 0 for what is no number: somebody is there, and that is all that is known. */
    double demand() {
        try {
            String text = new String(Base64.getDecoder().decode(value == null ? "" : value), StandardCharsets.UTF_8);
            double demand = Double.parseDouble(text);
            return demand >= 0 && demand < 1e12 ? demand : 0;
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }
}
