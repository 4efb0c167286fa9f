package dev.weft.simulator.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.time.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
    private final VirtualTime time = new VirtualTime();

    @Test
    void whatIsPlannedHappensInOrderAndWhatIsTakenBackDoesNot() {
        SplittableRandom random = new SplittableRandom(1);
        List<Long> wanted = new ArrayList<>();
        List<Long> happened = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            // Few moments for many events, so that most have equals.
            long moment = random.nextInt(500);
            long mark = moment << 32 | i;
            Time.Scheduled planned = time.after(moment, () -> happened.add(mark));
            if (random.nextInt(3) == 0) {
                planned.cancel();
            } else {
                wanted.add(mark);
            }
        }
        while (time.step(1_000)) {
            assertThat(happened.get(happened.size() - 1) >>> 32).isEqualTo(time.elapsed());
        }
        assertThat(happened).isEqualTo(wanted.stream().sorted().toList());
        assertThat(time.planned()).isZero();
    }

    @Test
    void anEventTakenBackFromTheMiddleDisturbsNoOther() {
        SplittableRandom random = new SplittableRandom(2);
        List<Time.Scheduled> planned = new ArrayList<>();
        List<Long> happened = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            long moment = random.nextLong(1_000_000);
            planned.add(time.after(moment, () -> happened.add(moment)));
        }
        for (int i = 0; i < 5_000; i += 2) {
            planned.get(i).cancel();
            planned.get(i).cancel();
        }
        while (time.step(1_000_000)) {}
        assertThat(happened).hasSize(2_500).isSorted();
    }

    @Test
    void nothingHappensBeforeItIsDue() {
        time.after(10, () -> {});
        assertThat(time.step(9)).isFalse();
        assertThat(time.elapsed()).isZero();
        assertThat(time.step(10)).isTrue();
    }

    @Test
    void whoeverParksHasTheWorldGoOn() {
        boolean[] done = new boolean[1];
        time.after(5, () -> done[0] = true);
        time.after(50, () -> {});
        time.park(() -> done[0], time.nanos() + 20);
        assertThat(time.elapsed()).isEqualTo(5);
        time.park(() -> false, time.nanos() + 20);
        assertThat(time.elapsed()).isEqualTo(25);
    }

    @Test
    void toWaitForEverInAWorldWhereNothingHappensIsAMistake() {
        assertThatThrownBy(() -> time.park(() -> false, Time.NEVER_NANOS)).hasMessageContaining("in vain");
    }
}
