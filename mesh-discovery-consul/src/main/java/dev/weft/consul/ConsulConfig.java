package dev.weft.consul;

import dev.weft.time.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** What {@link ConsulBuilder} has gathered. */
record ConsulConfig(
        List<HttpUrl> addresses,
        Supplier<@Nullable String> token,
        @Nullable String datacenter,
        @Nullable Tls tls,
        Duration maxWait,
        @Nullable Path cacheFolder,
        String zoneKey,
        String versionKey,
        Time time) {

    /** How to reach Consul over HTTPS. */
    record Tls(SSLContext context, X509TrustManager trust) {}

    /** Adds the datacenter asked for, where one is. */
    HttpUrl.Builder inDatacenter(HttpUrl.Builder url) {
        return datacenter == null ? url : url.addQueryParameter("dc", datacenter);
    }
}
