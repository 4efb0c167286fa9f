package dev.weft.http;

import dev.weft.call.Substitute;
import dev.weft.policy.Policy;
import dev.weft.retry.FallbackLayer;
import java.nio.charset.StandardCharsets;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/** A response that nobody sent. */
final class FixedResponse {
    private FixedResponse() {}

    /** The one that policy has; null for none. */
    static @Nullable Substitute<Response> of(Policy policy) {
        int status = policy.get(FallbackLayer.STATUS);
        if (status == 0) {
            return null;
        }
        String type = policy.get(FallbackLayer.CONTENT_TYPE);
        MediaType media = MediaType.parse(type);
        byte[] body = policy.get(FallbackLayer.BODY).getBytes(StandardCharsets.UTF_8);
        return (call, failed) -> new Response.Builder()
                .request((Request) call.request())
                .protocol(Protocol.HTTP_1_1)
                .code(status)
                .message("fallback")
                .header("Content-Type", type)
                .header("Content-Length", Integer.toString(body.length))
                .body(ResponseBody.create(body, media))
                .build();
    }
}
