package dev.weft.identity;

/**
 * Where the process's identity comes from: PEM files, Consul Connect, or a plug-in of the user's.
 *
 * <p>Implementations never block the caller, need nothing to be there when they start, renew in good time, and
 * keep trying with a jittered back-off.
 */
public interface IdentitySource extends AutoCloseable {
    /** What it is, for people. Holds no secret. */
    String name();

    /** Begins to watch; called once. The listener may be called at once, and from any thread. */
    void start(Listener listener);

    /** Ends the watch and its threads. */
    @Override
    void close();

    /** Who is told; calls never overlap. */
    interface Listener {
        /** The identity as it is now. */
        void identity(Identity identity);

        /** None could be had just now, and why; the one before stays in use. */
        void failed(String reason);
    }
}
