package dev.weft.guard;

import dev.weft.call.Call;
import dev.weft.call.Deadline;
import dev.weft.call.Failure;
import dev.weft.call.Filter;
import dev.weft.call.Reply;
import dev.weft.call.Service;

/** Shortens the call's deadline, and fails it here when too little is left to be worth sending. */
final class DeadlineFilter<R> implements Filter<R> {
    private final long totalNanos;
    private final boolean unset;

    /**
     * @param totalNanos 0 for none
     * @param unset nobody has said so: it is for callers who have no deadline of their own
     */
    DeadlineFilter(long totalNanos, boolean unset) {
        this.totalNanos = totalNanos;
        this.unset = unset;
    }

    @Override
    public Reply<R> apply(Call call, Service<R> next) {
        Deadline inherited = Deadline.in(call.context());
        if (totalNanos > 0 && (inherited == null || !unset)) {
            call.shorten(call.startNanos() + totalNanos);
        }
        if (inherited != null) {
            call.shorten(inherited.nanosOn(call.time()));
            if (call.tooLate()) {
                return new Failure<>(call.deadlineExceeded("before it was sent: its caller left it too little time"));
            }
        }
        return next.call(call);
    }
}
