package dev.weft.quickstart.shop;

import dev.weft.consul.Consul;
import org.jspecify.annotations.Nullable;

/** How every process of the day reaches Consul. */
public final class ConsulAddress {
    private ConsulAddress() {}

    public static Consul client(String url) {
        return Consul.builder().address(url).token(ConsulAddress::token).build();
    }

    /** The token of Consul's own tools; null for none. */
    public static @Nullable String token() {
        return System.getenv("CONSUL_HTTP_TOKEN");
    }
}
