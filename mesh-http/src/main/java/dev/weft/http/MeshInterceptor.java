package dev.weft.http;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.Response;

/** Sends through the mesh in place of the client it was given to; cancelling that client's call cancels it. */
final class MeshInterceptor implements Interceptor {
    private final Calls calls;

    MeshInterceptor(Calls calls) {
        this.calls = calls;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        MeshCall call = calls.newCall(chain.request());
        long nanos = chain.call().timeout().timeoutNanos();
        if (nanos > 0) {
            call.timeout().timeout(nanos, TimeUnit.NANOSECONDS);
        }
        chain.call().addEventListener(new Canceller(call));
        if (chain.call().isCanceled()) {
            call.cancel();
        }
        return call.execute();
    }

    private static final class Canceller extends EventListener {
        private final MeshCall call;

        Canceller(MeshCall call) {
            this.call = call;
        }

        @Override
        public void canceled(Call outer) {
            call.cancel();
        }
    }
}
