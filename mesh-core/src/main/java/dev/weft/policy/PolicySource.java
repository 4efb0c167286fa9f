package dev.weft.policy;

/**
 * Where the shared policy text comes from: a file, a key in Consul. It only brings text and news of its
 * absence; parsing, validation and the last good copy are the same for all.
 *
 * <p>Implementations never block the caller, need nothing to be there when they start, and go on trying on
 * their own with a jittered back-off.
 */
public interface PolicySource extends AutoCloseable {
    /** What it is, for people: {@code /etc/weft/policy.yaml}, {@code consul kv weft/policy}. */
    String name();

    /** Begins to watch; called once. The listener may be called at once, and from any thread. */
    void start(Listener listener);

    /** Ends the watch and its threads. */
    @Override
    void close();

    /** Who is told; calls never overlap. */
    interface Listener {
        /** The text as it is now. */
        void text(PolicyText text);

        /** The source answers, and there is no policy in it. */
        void absent();

        /** The source cannot be read just now, and why. */
        void failed(String reason);
    }
}
