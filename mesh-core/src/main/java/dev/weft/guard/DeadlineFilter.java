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

    /** @param totalNanos 0 for none */
    DeadlineFilter(long totalNanos) {
        this.totalNanos = totalNanos;
    }

    @Override
    public Reply<R> apply(Call call, Service<R> next) {
        if (totalNanos > 0) {
            call.shorten(call.startNanos() + totalNanos);
        }
        Deadline inherited = Deadline.in(call.context());
        if (inherited != null) {
            call.shorten(inherited.nanosOn(call.time()));
            if (call.expiresBefore(call.startNanos() + Deadline.TOO_LITTLE_NANOS)) {
                return new Failure<>(call.deadlineExceeded("before it was sent: its caller left it too little time"));
            }
        }
        return next.call(call);
    }
}
