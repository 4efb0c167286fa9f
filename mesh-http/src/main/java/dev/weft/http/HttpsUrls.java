package dev.weft.http;

import java.util.concurrent.atomic.AtomicReferenceArray;
import okhttp3.HttpUrl;

/**
 * URLs as https, for those that say http and go out by mTLS: those seen last are kept, since writing one anew takes 0.6
 * to 1.6 KB. Thread-safe.
 */
final class HttpsUrls {
    private static final int KEPT = 64;

    private final AtomicReferenceArray<Upgraded> recent = new AtomicReferenceArray<>(KEPT);

    HttpUrl of(HttpUrl http) {
        int hash = http.hashCode();
        int place = (hash ^ (hash >>> 16)) & (KEPT - 1);
        Upgraded seen = recent.get(place);
        if (seen == null || !seen.http.equals(http)) {
            seen = new Upgraded(http, http.newBuilder().scheme("https").build());
            recent.set(place, seen);
        }
        return seen.https;
    }

    private record Upgraded(HttpUrl http, HttpUrl https) {}
}
