package dev.weft.grpc;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Credentials of the application's, whose work is done on the call's executor and not where attempts call back. */
final class CredentialsAtHome extends CallCredentials {
    private final CallCredentials credentials;
    private final Executor executor;
    /** Of the attempt; null before there is one. */
    private final @Nullable Progress progress;

    private CredentialsAtHome(CallCredentials credentials, Executor executor, @Nullable Progress progress) {
        this.credentials = credentials;
        this.executor = executor;
        this.progress = progress;
    }

    static CallOptions in(CallOptions options, Executor threads) {
        CallCredentials given = options.getCredentials();
        if (given == null) {
            return options;
        }
        Executor own = options.getExecutor();
        return options.withCallCredentials(new CredentialsAtHome(given, own == null ? threads : own, null));
    }

    /** The same for one attempt, which is to know of their failure. */
    CredentialsAtHome followedBy(Progress attempt) {
        return new CredentialsAtHome(credentials, executor, attempt);
    }

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor transports, MetadataApplier applier) {
        Progress attempt = progress;
        credentials.applyRequestMetadata(request, executor, attempt == null ? applier : followed(applier, attempt));
    }

    private static MetadataApplier followed(MetadataApplier applier, Progress attempt) {
        attempt.atCredentials(true);
        return new MetadataApplier() {
            @Override
            public void apply(Metadata headers) {
                attempt.atCredentials(false);
                applier.apply(headers);
            }

            @Override
            public void fail(Status status) {
                applier.fail(status);
            }
        };
    }
}
