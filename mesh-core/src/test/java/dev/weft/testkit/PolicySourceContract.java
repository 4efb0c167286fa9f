package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.policy.PolicySource;
import dev.weft.policy.PolicyText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every source of policy does. To test one, extend this class and say how its text is written and deleted.
 */
public abstract class PolicySourceContract {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final List<PolicySource> opened = new ArrayList<>();

    /** A source of the place that this test writes to; not started. */
    protected abstract PolicySource source() throws Exception;

    /** Puts a text in that place, whether or not there is one already. */
    protected abstract void write(byte[] text) throws Exception;

    /** Takes the text away; the place had one. */
    protected abstract void delete() throws Exception;

    protected final void write(String text) throws Exception {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Starts a source that the test closes at its end. */
    protected final Heard start() throws Exception {
        PolicySource source = source();
        opened.add(source);
        Heard heard = new Heard(source);
        source.start(heard);
        return heard;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(PolicySource::close);
    }

    @Test
    protected void tellsTheTextThatIsThere() throws Exception {
        write("weft: 1 # here before");
        Heard heard = start();

        heard.awaits("weft: 1 # here before");
        assertThat(heard.source.name()).isNotBlank();
        assertThat(heard.last()).isNotNull().extracting(PolicyText::source).isEqualTo(heard.source.name());
    }

    @Test
    protected void tellsAbsenceAndThenTheTextThatCame() throws Exception {
        Heard heard = start();
        heard.awaitsAbsence();

        write("weft: 1 # came later");
        heard.awaits("weft: 1 # came later");
    }

    @Test
    protected void tellsEachChangeInItsOrder() throws Exception {
        write("weft: 1 # 0");
        Heard heard = start();
        heard.awaits("weft: 1 # 0");
        for (int i = 1; i <= 5; i++) {
            write("weft: 1 # " + i);
            heard.awaits("weft: 1 # " + i);
        }
        assertThat(heard.texts).as("nothing is told twice").doesNotHaveDuplicates();
    }

    @Test
    protected void tellsDeletionAndWhatComesAfterIt() throws Exception {
        write("weft: 1 # to go");
        Heard heard = start();
        heard.awaits("weft: 1 # to go");
        delete();
        heard.awaitsAbsence();

        write("weft: 1 # back");
        heard.awaits("weft: 1 # back");
    }

    @Test
    protected void bringsBytesAsTheyAre() throws Exception {
        byte[] odd = {'#', ' ', (byte) 0xFF, 0, (byte) 0xC3, '\n'};
        write(odd);
        Heard heard = start();

        await().atMost(SOON).until(() -> heard.last() != null);
        assertThat(Objects.requireNonNull(heard.last()).bytes()).isEqualTo(odd);
    }

    @Test
    protected void emptyTextIsATextAndNoAbsence() throws Exception {
        write("");
        Heard heard = start();

        heard.awaits("");
        assertThat(heard.absences).hasValue(0);
    }

    @Test
    protected void tellsNothingOnceClosedAndMayBeClosedTwice() throws Exception {
        write("weft: 1 # open");
        Heard heard = start();
        heard.awaits("weft: 1 # open");
        heard.source.close();
        heard.source.close();
        int before = heard.calls.get();
        write("weft: 1 # closed");

        PolicySource other = source();
        opened.add(other);
        Heard witness = new Heard(other);
        other.start(witness);
        witness.awaits("weft: 1 # closed");
        assertThat(heard.calls).hasValue(before);
    }

    @Test
    protected void listenerThatFailsIsToldTheNextTextAllTheSame() throws Exception {
        write("weft: 1 # first");
        PolicySource source = source();
        opened.add(source);
        Heard heard = new Heard(source) {
            @Override
            public void text(PolicyText text) {
                super.text(text);
                throw new IllegalStateException("of the test");
            }
        };
        source.start(heard);
        heard.awaits("weft: 1 # first");
        write("weft: 1 # second");
        heard.awaits("weft: 1 # second");
    }

    /** What a source has told. */
    protected static class Heard implements PolicySource.Listener {
        private final PolicySource source;
        private final List<String> texts = new CopyOnWriteArrayList<>();
        private final AtomicInteger absences = new AtomicInteger();
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger inside = new AtomicInteger();
        private volatile boolean overlapped;
        private volatile @Nullable PolicyText last;

        Heard(PolicySource source) {
            this.source = source;
        }

        @Override
        public void text(PolicyText text) {
            enter();
            last = text;
            texts.add(new String(text.bytes(), StandardCharsets.UTF_8));
            inside.decrementAndGet();
        }

        @Override
        public void absent() {
            enter();
            last = null;
            absences.incrementAndGet();
            inside.decrementAndGet();
        }

        @Override
        public void failed(String reason) {
            enter();
            inside.decrementAndGet();
        }

        private void enter() {
            calls.incrementAndGet();
            overlapped |= inside.incrementAndGet() > 1;
        }

        /** The text as told last; null when it is absent, or before the first word. */
        public @Nullable PolicyText last() {
            return last;
        }

        /** The texts told, as UTF-8. */
        public List<String> texts() {
            return texts;
        }

        /** Waits until {@code text} is the last that was told. */
        public void awaits(String text) {
            await().atMost(SOON).untilAsserted(() -> {
                PolicyText now = last;
                assertThat(now).isNotNull();
                assertThat(new String(Objects.requireNonNull(now).bytes(), StandardCharsets.UTF_8))
                        .isEqualTo(text);
            });
            assertThat(overlapped)
                    .as("the listener was called by two threads at a time")
                    .isFalse();
        }

        /** Waits until absence is the last that was told. */
        public void awaitsAbsence() {
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(absences.get()).isPositive();
                assertThat(last).isNull();
            });
        }
    }
}
