package dev.weft.consul;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Whether the token may still see what has vanished from a list. Consul answers a token of narrowed rights with
 * 200 and a shorter list, which looks as if the instances were gone.
 *
 * <p>Asks the endpoint with which Consul's own user interface asks the same (since 1.8). Where that gives no
 * clear yes, the answer is no.
 */
final class ReadRights {
    /** Consul's own limit for one request. */
    private static final int MOST = 64;

    private ReadRights() {}

    /** Throws, with what is missing, unless the service and all the nodes may be read. */
    static void check(ConsulLine line, String service, Collection<String> nodes) throws IOException {
        List<Asked> asked = new ArrayList<>();
        asked.add(new Asked("service", service, "read"));
        for (String node : nodes) {
            if (asked.size() == MOST) {
                verify(line, asked);
                asked = new ArrayList<>();
            }
            asked.add(new Asked("node", node, "read"));
        }
        verify(line, asked);
    }

    private static void verify(ConsulLine line, List<Asked> asked) throws IOException {
        Answer answer = line.post(ReadRights::path, asked);
        if (answer.status() == 401) {
            return; // access control is off
        }
        Right[] rights = Json.read(answer.request(), answer.successful().body(), Right[].class);
        if (rights.length != asked.size()) {
            throw new ConsulException(answer.request() + ": " + rights.length + " rights told of " + asked.size());
        }
        for (Right right : rights) {
            if (right == null || !right.allow) {
                throw new ConsulException("the token has no right to read "
                        + (right == null ? "it" : right.resource + " '" + right.segment + "'"));
            }
        }
    }

    private static HttpUrl.Builder path(HttpUrl.Builder agent) {
        return agent.addPathSegments("v1/internal/acl/authorize");
    }

    record Asked(
            @JsonProperty("Resource") String resource,
            @JsonProperty("Segment") String segment,
            @JsonProperty("Access") String access) {}

    record Right(
            @JsonProperty("Resource") @Nullable String resource,
            @JsonProperty("Segment") @Nullable String segment,
            @JsonProperty("Allow") boolean allow) {}
}
