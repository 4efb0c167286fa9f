package dev.weft.http.server;

import dev.weft.Mesh;
import dev.weft.admission.Admission.End;
import dev.weft.admission.Refusal;
import dev.weft.admission.Visit;
import dev.weft.call.RetriesSpent;
import dev.weft.endpoint.LoadSignal;
import dev.weft.endpoint.ServerLoad;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A request that came in: whether it is handled, the context it is handled in, and what its answer must say. */
final class Arrival {
    private static final String ATTEMPT_HEADER = "Mesh-Attempt";
    /** Tells a caller not to try again. */
    private static final String RETRY_HEADER = "Mesh-Retry";

    private static final String NO = "no";
    private static final int TOO_LATE_STATUS = 504;
    private static final int OVERLOADED_STATUS = 503;
    /** To whoever asks only how busy this process is. */
    static final int LOAD_STATUS = 204;

    private final Context context;
    private final RetriesSpent retries;
    private final Visit visit;
    private final ServerLoad load;
    /** Whether the caller wants to know how busy this process is. */
    private final boolean asked;

    private Arrival(Context context, RetriesSpent retries, Mesh mesh, @Nullable String attempt, boolean asked) {
        this.context = context;
        this.retries = retries;
        this.load = mesh.serverLoad();
        this.visit =
                new Visit(mesh.admission(), load, context, attempt, mesh.time().nanos());
        this.asked = asked;
    }

    /** To be followed by {@link #answered} or {@link #ended}, unless it is refused. */
    static <C> Arrival of(C request, TextMapGetter<C> headers, Mesh mesh) {
        RetriesSpent retries = new RetriesSpent();
        Context context = mesh.propagation().extract(Context.current(), request, headers, mesh.time());
        boolean asked = LoadSignal.ASK.equals(headers.get(request, LoadSignal.HEADER));
        return new Arrival(retries.storeIn(context), retries, mesh, headers.get(request, ATTEMPT_HEADER), asked);
    }

    Context context() {
        return context;
    }

    boolean refused() {
        return visit.refusal() != null;
    }

    /**
     * The status that refuses it.
     *
     * @param header is given the headers to set
     */
    int refuse(BiConsumer<String, String> header) {
        Refusal refusal = visit.refusal();
        if (refusal == null || !refusal.anotherMay()) {
            header.accept(RETRY_HEADER, NO);
        }
        if (refusal == Refusal.TOO_LATE) {
            return TOO_LATE_STATUS;
        }
        header.accept(Refusal.MARK, Refusal.OVERLOAD);
        header.accept("Retry-After", String.valueOf(Refusal.REST_SECONDS));
        return OVERLOADED_STATUS;
    }

    /** Puts on an answer of that status what it must say: that we tried again for it, in vain; how busy we are. */
    void mark(int status, BiConsumer<String, String> header) {
        if (status >= 500 && retries.spent()) {
            header.accept(RETRY_HEADER, NO);
        }
        tellLoad(header);
    }

    /** Tells how busy this process is now, where the caller wants to know. */
    void tellLoad(BiConsumer<String, String> header) {
        if (asked) {
            header.accept(LoadSignal.HEADER, load.now().text());
        }
    }

    /** It is answered, with that status. Of this and {@link #ended} the first counts. */
    void answered(int status) {
        boolean turnedAway = status == 429 || (status >= 502 && status <= 504);
        visit.end(turnedAway ? End.OTHERWISE : End.ANSWERED);
    }

    /** It has come to an end without an answer. */
    void ended() {
        visit.end(End.OTHERWISE);
    }
}
