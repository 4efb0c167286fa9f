package dev.weft.http;

import dev.weft.Mesh;
import dev.weft.call.Cancellable;
import dev.weft.testkit.SoakContract;
import java.io.IOException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Request;
import okhttp3.Response;

/** Over HTTP. */
class SoakTest extends SoakContract {
    @Override
    protected Server server() throws IOException {
        return new MoodyServer();
    }

    @Override
    protected String[] policies() {
        return new String[] {"  fallback: {status: 203}\n", "  connect: {timeout: 300ms}\n"};
    }

    @Override
    protected String threads() {
        return "OkHttp";
    }

    @Override
    protected Caller caller(Mesh mesh) {
        return new OverHttp(MeshHttp.create(mesh).callFactory());
    }

    private record OverHttp(Call.Factory calls) implements Caller {
        private Call newCall(String item, String user) {
            return calls.newCall(new Request.Builder()
                    .url("http://inventory/items/" + item)
                    .header("X-User", user)
                    .build());
        }

        @Override
        public boolean call(String item, String user) {
            try (Response response = newCall(item, user).execute()) {
                return response.isSuccessful();
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public Cancellable start(String item, String user, Told then) {
            Call call = newCall(item, user);
            call.enqueue(new Callback() {
                @Override
                public void onFailure(Call failing, IOException e) {
                    then.ended(false);
                }

                @Override
                public void onResponse(Call answering, Response response) {
                    boolean well = response.isSuccessful();
                    response.close();
                    then.ended(well);
                }
            });
            return call::cancel;
        }
    }
}
