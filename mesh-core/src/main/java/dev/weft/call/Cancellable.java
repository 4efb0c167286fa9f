package dev.weft.call;

/** Something under way that can be cut off. */
@FunctionalInterface
public interface Cancellable {
    /** Cuts it off. Idempotent, prompt, from any thread; must not throw. */
    void cancel();
}
