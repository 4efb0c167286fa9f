package dev.weft.policy;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A source that says what a test has it say. */
final class ScriptedSource implements PolicySource {
    private @Nullable Listener listener;
    boolean closed;

    @Override
    public String name() {
        return "test/policy";
    }

    @Override
    public void start(Listener listener) {
        this.listener = listener;
    }

    Listener says() {
        return Objects.requireNonNull(listener, "not started");
    }

    void says(String text, long index) {
        says().text(new PolicyText(name(), text.getBytes(StandardCharsets.UTF_8), index));
    }

    @Override
    public void close() {
        closed = true;
    }
}
