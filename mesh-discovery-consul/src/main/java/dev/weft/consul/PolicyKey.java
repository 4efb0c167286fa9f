package dev.weft.consul;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weft.policy.PolicySource;
import dev.weft.policy.PolicyText;
import java.util.Base64;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * What a watched key means as policy. Confined to the watch's thread.
 *
 * <p>A key that does not exist is told as absent, unless Consul's index lies behind that of the text read
 * before: then Consul has lost its data, nobody has deleted the policy, and the text stays.
 */
final class PolicyKey implements ConsulWatch.Subject {
    private static final String ABSENT = "absent";

    private final ConsulConfig config;
    private final String key;
    private final String name;
    private final PolicySource.Listener listener;
    private long readAt;
    private @Nullable Object told;

    PolicyKey(ConsulConfig config, String key, String name, PolicySource.Listener listener) {
        this.config = config;
        this.key = key;
        this.name = name;
        this.listener = listener;
    }

    @Override
    public HttpUrl.Builder path(HttpUrl.Builder agent) {
        return config.inDatacenter(agent.addPathSegments("v1/kv").addPathSegments(key));
    }

    @Override
    public void answer(Answer answer, ConsulLine line) throws ConsulException {
        if (answer.status() == 404 && answer.index() >= 0) {
            absent(answer);
            return;
        }
        Entry[] entries = Json.read(answer.request(), answer.successful().body(), Entry[].class);
        if (entries.length != 1 || entries[0] == null || entries[0].index() < 1) {
            throw new ConsulException(answer.request() + ": expected one entry with its ModifyIndex");
        }
        PolicyText text = new PolicyText(name, entries[0].bytes(answer), entries[0].index());
        readAt = text.index();
        if (!text.equals(told)) {
            told = text;
            listener.text(text);
        }
    }

    private void absent(Answer answer) throws ConsulException {
        if (answer.index() < readAt) {
            throw new ConsulException(answer.request() + ": the key is gone and Consul's index went back from " + readAt
                    + " to " + answer.index() + ", so Consul seems to have lost its data; the policy stays");
        }
        if (!ABSENT.equals(told)) {
            told = ABSENT;
            listener.absent();
        }
    }

    @Override
    public void failed(String reason) {
        // What comes next is news again, for whoever counts the policy as stale from here on.
        told = null;
        listener.failed(reason);
    }

    /** One entry as Consul gives it. */
    record Entry(
            @JsonProperty("Value") @Nullable String value,
            @JsonProperty("ModifyIndex") long index) {
        byte[] bytes(Answer answer) throws ConsulException {
            try {
                return value == null ? new byte[0] : Base64.getDecoder().decode(value);
            } catch (IllegalArgumentException e) {
                throw new ConsulException(answer.request() + ": the value is not base64");
            }
        }
    }
}
