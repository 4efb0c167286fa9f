package dev.weft.quickstart.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyDraftTest {
    private final List<String> saved = new ArrayList<>();
    private final PolicyDraft draft = new PolicyDraft("weft: 1\ndefaults:\n  retry: {attempts: 3}\n", saved::add);

    @Test
    void aChangeIsThereWhenItIsSaved() {
        draft.replace("attempts: 3", "attempts: 1");
        assertThat(saved).isEmpty();

        draft.save();
        assertThat(saved).containsExactly("weft: 1\ndefaults:\n  retry: {attempts: 1}\n");
    }

    @Test
    void linesAreCountedFromOne() {
        assertThat(draft.lineOf("weft")).isEqualTo(1);
        assertThat(draft.lineOf("defaults")).isEqualTo(2);
        assertThat(draft.lineOf("attempts")).isEqualTo(3);
    }

    @Test
    void whatDoesNotStandThereOnceIsNotReplaced() {
        assertThatThrownBy(() -> draft.replace("hedge", "x")).hasMessageContaining("'hedge' does not stand");
        assertThatThrownBy(() -> draft.replace("t", "x")).hasMessageContaining("'t' does not stand");
    }
}
