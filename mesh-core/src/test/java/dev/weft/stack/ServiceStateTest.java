package dev.weft.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.Race;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ServiceStateTest {
    private final ServiceState state = new ServiceState();
    private final AtomicInteger closed = new AtomicInteger();

    private final class Learnt implements ServiceState.Closeable {
        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private Learnt keep(Object config) {
        return state.keep("budget", config, Learnt::new);
    }

    @Test
    void thoseWhoAskWithAnEqualConfigShareOne() {
        assertThat(keep("a" + 1)).isSameAs(keep("a1"));
    }

    @Test
    void thoseWhoDisagreeHaveEachTheirOwnHoweverOftenTheyAskByTurns() {
        Learnt one = keep(1);
        Learnt other = keep(2);
        for (int i = 0; i < 10; i++) {
            assertThat(keep(1)).isSameAs(one);
            assertThat(keep(2)).isSameAs(other);
        }
        assertThat(closed).hasValue(0);
    }

    @Test
    void whatWasAskedForLastIsHeldThoughNobodyUsesIt() {
        WeakReference<Learnt> kept = new WeakReference<>(keep(1));
        System.gc();
        assertThat(kept.get()).isNotNull().isSameAs(keep(1));
    }

    @Test
    @Timeout(60)
    void whatNobodyAsksForOrUsesAnyMoreIsGone() {
        WeakReference<Learnt> kept = new WeakReference<>(keep(1));
        keep(2);
        while (kept.get() != null) {
            System.gc();
        }
        assertThat(keep(1)).isNotNull();
    }

    @Test
    @Timeout(60)
    void whatNobodyAsksForUnderANewPolicyIsGoneAndWhatSomebodyUsesIsNot() {
        Learnt used = keep(2);
        WeakReference<Learnt> unused = new WeakReference<>(keep(1));
        state.renew();
        while (unused.get() != null && !Thread.currentThread().isInterrupted()) {
            System.gc();
        }
        assertThat(unused.get()).isNull();
        assertThat(keep(2)).isSameAs(used);
    }

    @Test
    void allThatIsStillUsedIsToldOnceThatTheMeshCloses() {
        Learnt one = keep(1);
        Learnt other = keep(2);
        state.close();
        state.close();
        assertThat(closed).hasValue(2);
        assertThat(one).isNotSameAs(other);
    }

    @Test
    void whoAsksAtTheSameMomentGetsTheSame() {
        Race.rounds(2_000, () -> {
            ServiceState raced = new ServiceState();
            AtomicInteger made = new AtomicInteger();
            AtomicReference<Object> first = new AtomicReference<>();
            AtomicReference<Object> second = new AtomicReference<>();
            return Race.of(
                    () -> {
                        assertThat(made).hasValue(1);
                        assertThat(first.get()).isSameAs(second.get());
                    },
                    () -> first.set(raced.keep("budget", "same", () -> "made " + made.incrementAndGet())),
                    () -> second.set(raced.keep("budget", "same", () -> "made " + made.incrementAndGet())));
        });
    }

    @Test
    void whatIsUsedWhilePolicyChangesAndTheMeshClosesIsToldOnce() {
        Race.rounds(2_000, () -> {
            ServiceState raced = new ServiceState();
            AtomicInteger told = new AtomicInteger();
            AtomicInteger toldLater = new AtomicInteger();
            ServiceState.Closeable used = raced.keep("breaker", "old", () -> told::incrementAndGet);
            AtomicReference<Object> later = new AtomicReference<>();
            return Race.of(
                    () -> {
                        assertThat(told).hasValue(1);
                        assertThat(toldLater).hasValueLessThanOrEqualTo(1);
                        assertThat(later.get()).isNotSameAs(used);
                    },
                    () -> {
                        raced.renew();
                        later.set(
                                raced.<ServiceState.Closeable>keep("breaker", "new", () -> toldLater::incrementAndGet));
                    },
                    raced::close,
                    raced::close);
        });
    }
}
