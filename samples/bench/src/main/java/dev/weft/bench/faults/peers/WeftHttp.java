package dev.weft.bench.faults.peers;

import dev.weft.bench.faults.scenario.Start;
import dev.weft.call.Criticality;
import dev.weft.call.MeshException;
import dev.weft.http.MeshHttp;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;

/** Weft over HTTP, with its defaults; callers block. */
final class WeftHttp implements Peer {
    private final Meshed meshed;
    private final Call.Factory calls;
    private final Request request;
    private final ExecutorService threads = Callers.threads();

    WeftHttp(Around around) {
        meshed = new Meshed(around);
        calls = MeshHttp.create(meshed.mesh()).callFactory();
        request = new Request.Builder()
                .url("http://" + around.service() + "/stock/7")
                .build();
    }

    @Override
    public void call(Criticality level, Done done) {
        threads.execute(() -> done.done(send(level)));
    }

    @SuppressWarnings("try") // a scope is there to be closed
    private Ending send(Criticality level) {
        try (Scope scope = level.makeCurrent();
                Response response = calls.newCall(request).execute()) {
            response.body().bytes();
            return response.isSuccessful() ? Ending.OK : Ending.FAILED;
        } catch (MeshException e) {
            return e.fate().name().startsWith("REJECTED") ? Ending.REJECTED : Ending.FAILED;
        } catch (IOException e) {
            return Ending.FAILED;
        }
    }

    @Override
    public void begin(Start start) {
        meshed.begin(start);
    }

    @Override
    public long refused() {
        return meshed.refused();
    }

    @Override
    public void close() {
        threads.shutdown();
        meshed.close();
    }
}
