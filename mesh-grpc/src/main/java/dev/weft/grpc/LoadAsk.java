package dev.weft.grpc;

import dev.weft.call.Prober;
import dev.weft.endpoint.LoadSignal;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Asks how busy a server is, by a call that is no load: {@code Health/Check}, whatever that says, with the header that has
 * our interceptor tell it in the trailers.
 */
final class LoadAsk extends HealthAsk {
    private final Prober.LoadListener listener;

    LoadAsk(Transport transport, Node node, Policy policy, Prober.LoadListener listener) {
        super(transport, node, policy, HealthMessages.CHECK, "");
        this.listener = listener;
    }

    @Override
    void unstarted(String trouble) {
        listener.unanswered();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        LoadSignal told = LoadTrailer.in(trailers);
        if (told != null || knowsNothing(Statuses.ofBroken(status))) {
            listener.answered(told);
        } else {
            listener.unanswered();
        }
    }

    private static boolean knowsNothing(Status status) {
        return switch (status.getCode()) {
            case CANCELLED, UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED -> false;
            default -> true;
        };
    }
}
