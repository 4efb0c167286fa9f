package dev.weft.http;

import dev.weft.call.Call;
import java.nio.charset.StandardCharsets;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** A response that nobody sent. */
final class FixedResponse {
    private FixedResponse() {}

    static Response to(Call call, int status, String contentType, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return new Response.Builder()
                .request((Request) call.request())
                .protocol(Protocol.HTTP_1_1)
                .code(status)
                .message("fallback")
                .header("Content-Type", contentType)
                .header("Content-Length", Integer.toString(bytes.length))
                .body(ResponseBody.create(bytes, MediaType.parse(contentType)))
                .build();
    }
}
