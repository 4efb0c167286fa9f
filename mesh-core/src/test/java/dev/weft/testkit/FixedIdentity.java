package dev.weft.testkit;

import dev.weft.identity.Identity;
import dev.weft.identity.IdentitySource;
import org.jspecify.annotations.Nullable;

/** A source of the identity that a test gives it, when the test gives it. */
public final class FixedIdentity implements IdentitySource {
    private volatile @Nullable Listener listener;
    private volatile @Nullable Identity identity;

    /** Nothing yet. */
    public FixedIdentity() {}

    public FixedIdentity(Identity identity) {
        this.identity = identity;
    }

    @Override
    public String name() {
        return "the test";
    }

    @Override
    public void start(Listener listener) {
        this.listener = listener;
        Identity first = identity;
        if (first != null) {
            listener.identity(first);
        }
    }

    /** The next identity. */
    public void rotate(Identity next) {
        identity = next;
        Listener told = listener;
        if (told != null) {
            told.identity(next);
        }
    }

    public void fail(String reason) {
        Listener told = listener;
        if (told != null) {
            told.failed(reason);
        }
    }

    @Override
    public void close() {
        listener = null;
    }
}
