package dev.weft.testkit;

import dev.weft.policy.PolicySource;
import dev.weft.policy.PolicyText;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A source of policy that says what a test has it say, at once and on the test's own thread. One thread at a time. */
public final class ScriptedPolicySource implements PolicySource {
    private volatile @Nullable Listener listener;
    private volatile boolean closed;
    private long index;

    @Override
    public String name() {
        return "test/policy";
    }

    @Override
    public void start(Listener listener) {
        this.listener = listener;
    }

    /** Whom to tell anything else. */
    public Listener says() {
        return Objects.requireNonNull(listener, "not started");
    }

    /** The text, one version later than the last. */
    public void says(String text) {
        says(text, index + 1);
    }

    public void says(String text, long index) {
        this.index = index;
        says().text(new PolicyText(name(), text.getBytes(StandardCharsets.UTF_8), index));
    }

    public boolean closed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
