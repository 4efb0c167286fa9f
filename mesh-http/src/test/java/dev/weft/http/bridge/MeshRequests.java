package dev.weft.http.bridge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.internal.http.HttpMethod;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.AbstractClientHttpRequest;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;

/** Spring's requests over a call factory, for Spring 7, which has no bridge to OkHttp of its own. To be copied. */
final class MeshRequests implements ClientHttpRequestFactory {
    private final Call.Factory calls;

    MeshRequests(Call.Factory calls) {
        this.calls = calls;
    }

    @Override
    public ClientHttpRequest createRequest(URI uri, org.springframework.http.HttpMethod method) {
        return new Buffered(uri, method);
    }

    private final class Buffered extends AbstractClientHttpRequest {
        private final URI uri;
        private final org.springframework.http.HttpMethod method;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        Buffered(URI uri, org.springframework.http.HttpMethod method) {
            this.uri = uri;
            this.method = method;
        }

        @Override
        public URI getURI() {
            return uri;
        }

        @Override
        public org.springframework.http.HttpMethod getMethod() {
            return method;
        }

        @Override
        protected OutputStream getBodyInternal(HttpHeaders headers) {
            return body;
        }

        @Override
        protected ClientHttpResponse executeInternal(HttpHeaders headers) throws IOException {
            boolean needsBody = HttpMethod.requiresRequestBody(method.name());
            RequestBody sent = body.size() > 0 || needsBody ? RequestBody.create(body.toByteArray(), null) : null;
            Request.Builder request = new Request.Builder().url(uri.toString()).method(method.name(), sent);
            headers.forEach((name, values) -> values.forEach(value -> request.addHeader(name, value)));
            return new Answer(calls.newCall(request.build()).execute());
        }
    }

    private static final class Answer implements ClientHttpResponse {
        private final Response response;
        private final HttpHeaders headers = new HttpHeaders();

        Answer(Response response) {
            this.response = response;
            response.headers().forEach(header -> headers.add(header.getFirst(), header.getSecond()));
        }

        @Override
        public HttpStatusCode getStatusCode() {
            return HttpStatusCode.valueOf(response.code());
        }

        @Override
        public String getStatusText() {
            return response.message();
        }

        @Override
        public InputStream getBody() {
            return response.body().byteStream();
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public void close() {
            response.close();
        }
    }
}
