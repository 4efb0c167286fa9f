package dev.weft.quickstart.stage;

import java.util.function.Consumer;

/** The policy as the operator has it in the editor. For use by one thread. */
public final class PolicyDraft {
    private final Consumer<String> save;
    private String text;

    PolicyDraft(String text, Consumer<String> save) {
        this.text = text;
        this.save = save;
    }

    public String text() {
        return text;
    }

    /** Puts {@code better} in place of {@code part}, which must stand there once. Nothing is saved yet. */
    public PolicyDraft replace(String part, String better) {
        int at = text.indexOf(part);
        if (at < 0 || text.indexOf(part, at + 1) >= 0) {
            throw new IllegalArgumentException("'" + part + "' does not stand in the policy once:\n" + text);
        }
        text = text.substring(0, at) + better + text.substring(at + part.length());
        return this;
    }

    /** The number of the line on which {@code part} begins. */
    public long lineOf(String part) {
        return text.substring(0, text.indexOf(part))
                        .chars()
                        .filter(c -> c == '\n')
                        .count()
                + 1;
    }

    public void save() {
        save.accept(text);
    }
}
