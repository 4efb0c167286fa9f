package dev.weft.http;

import dev.weft.annotation.DeclaredClient;
import dev.weft.policy.LayerValues;
import okhttp3.Call;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import retrofit2.Invocation;

/** Makes calls: of whatever service the URL names, or of the one that an interface declares, as it declares them. */
final class Calls implements Call.Factory {
    /** Retrofit is optional; it says which method of the interface was called. */
    private static final boolean RETROFIT = retrofit();

    private final MeshHttp http;
    private final @Nullable DeclaredClient client;

    Calls(MeshHttp http, @Nullable DeclaredClient client) {
        this.http = http;
        this.client = client;
    }

    @Override
    public MeshCall newCall(Request request) {
        return client == null
                ? new MeshCall(http, request, request.url().host(), LayerValues.NONE)
                : new MeshCall(http, request, client.service(), declared(client, request));
    }

    private static LayerValues declared(DeclaredClient client, Request request) {
        if (RETROFIT) {
            Invocation invocation = request.tag(Invocation.class);
            if (invocation != null) {
                return client.values(invocation.method());
            }
        }
        return client.values();
    }

    private static boolean retrofit() {
        try {
            Class.forName("retrofit2.Invocation", false, Calls.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
