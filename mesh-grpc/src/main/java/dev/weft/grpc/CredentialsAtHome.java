package dev.weft.grpc;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import java.util.concurrent.Executor;

/** Credentials of the application's, whose work is done on the call's executor and not where attempts call back. */
final class CredentialsAtHome extends CallCredentials {
    private final CallCredentials credentials;
    private final Executor executor;

    private CredentialsAtHome(CallCredentials credentials, Executor executor) {
        this.credentials = credentials;
        this.executor = executor;
    }

    static CallOptions in(CallOptions options, Executor threads) {
        CallCredentials given = options.getCredentials();
        if (given == null) {
            return options;
        }
        Executor own = options.getExecutor();
        return options.withCallCredentials(new CredentialsAtHome(given, own == null ? threads : own));
    }

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor transports, MetadataApplier applier) {
        credentials.applyRequestMetadata(request, executor, applier);
    }
}
