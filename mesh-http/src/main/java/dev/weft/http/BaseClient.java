package dev.weft.http;

import java.net.Proxy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of all nodes are made from: the application's own client, or one of ours. Ours reads the JVM's trusted
 * roots when the first call needs them, as that costs a start more than the mesh does: mTLS and plain text need none.
 * Thread-safe.
 */
final class BaseClient {
    private final OkHttpClient plain;
    private final boolean seesAll;
    private @Nullable OkHttpClient https;

    private BaseClient(OkHttpClient client, boolean knowsTls) {
        this.seesAll = HttpSharing.seesAll(client);
        this.plain = below(client);
        this.https = knowsTls ? plain : null;
    }

    static BaseClient ours() {
        OkHttpClient.Builder plain = new OkHttpClient.Builder().connectionSpecs(List.of(ConnectionSpec.CLEARTEXT));
        return new BaseClient(plain.build(), false);
    }

    static BaseClient of(OkHttpClient users) {
        return new BaseClient(users, true);
    }

    /**
     * Always the same, as those with the same TLS share connections.
     *
     * @param roots whether it must know whom this JVM trusts
     */
    OkHttpClient client(boolean roots) {
        return roots ? https() : plain;
    }

    /** Whether nothing of the application's own adds to requests below the stack. */
    boolean seesAll() {
        return seesAll;
    }

    private synchronized OkHttpClient https() {
        if (https == null) {
            https = below(new OkHttpClient());
        }
        return https;
    }

    /** Without what the stack does. */
    private static OkHttpClient below(OkHttpClient client) {
        return client.newBuilder()
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .callTimeout(0, TimeUnit.MILLISECONDS)
                .proxy(Proxy.NO_PROXY)
                .addNetworkInterceptor(KeepsAnswer.INSTANCE)
                .build();
    }
}
