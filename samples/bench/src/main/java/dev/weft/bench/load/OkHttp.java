package dev.weft.bench.load;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Response;

/** Requests through a {@link Call.Factory}, be it OkHttp's own or one with a mesh behind it. */
record OkHttp(Supplier<Call> calls, boolean blocking) implements Client {
    /** As a careful team sets it up: connections for every caller, no limit on async calls. */
    static OkHttpClient roomy() {
        Dispatcher dispatcher = new Dispatcher();
        dispatcher.setMaxRequests(1024);
        dispatcher.setMaxRequestsPerHost(1024);
        return new OkHttpClient.Builder()
                .connectionPool(new ConnectionPool(256, 5, TimeUnit.MINUTES))
                .dispatcher(dispatcher)
                .build();
    }

    @Override
    public void call(Done done) {
        if (!blocking) {
            calls.get().enqueue(new Telling(done));
            return;
        }
        try {
            read(calls.get().execute());
            done.done(null);
        } catch (IOException | RuntimeException e) {
            done.done(e);
        }
    }

    static void read(Response response) throws IOException {
        try (response) {
            if (response.code() != 200 || response.body().bytes().length != 128) {
                throw new IOException("answered " + response);
            }
        }
    }

    private record Telling(Done done) implements Callback {
        @Override
        public void onResponse(Call call, Response response) {
            try {
                read(response);
            } catch (IOException e) {
                done.done(e);
                return;
            }
            done.done(null);
        }

        @Override
        public void onFailure(Call call, IOException e) {
            done.done(e);
        }
    }
}
