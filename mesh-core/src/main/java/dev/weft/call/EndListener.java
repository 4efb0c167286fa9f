package dev.weft.call;

/** Is told when a call has ended: the answer's body is closed, or there will be none. */
@FunctionalInterface
public interface EndListener {
    /** Told exactly once, on the thread that ended the call. Must not throw and must not block. */
    void ended(Call call);
}
