package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Threads;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServerLoadTest {
    private final FakeTime time = new FakeTime();
    private final ServerLoad load = new ServerLoad(time);

    private void served(int atOnce, Duration took) {
        long from = time.nanos();
        int[] visits = IntStream.range(0, atOnce).map(i -> load.arrived()).toArray();
        time.advance(took);
        for (int visit : visits) {
            load.left(visit, from, true);
        }
    }

    @Test
    void requestsUnderWayAreCounted() {
        assertThat(load.now()).isEqualTo(new LoadSignal(0, 0));
        int first = load.arrived();
        int second = load.arrived();
        assertThat(load.now().inFlight()).isEqualTo(2);
        load.left(first, time.nanos(), true);
        assertThat(load.now().inFlight()).isEqualTo(1);
        load.left(second, time.nanos(), false);
        assertThat(load.now().inFlight()).isZero();
    }

    @Test
    void theLatencyIsTheMedianOfRequestsThatCameWhileThereWereAsMany() {
        for (int i = 0; i < 9; i++) {
            served(1, Duration.ofMillis(10));
        }
        served(1, Duration.ofMillis(900));
        assertThat(load.now()).isEqualTo(new LoadSignal(0, 10_000_000));
        for (int i = 0; i < 5; i++) {
            load.arrived();
        }
        for (int i = 0; i < 10; i++) {
            served(1, Duration.ofMillis(80));
        }
        assertThat(load.now()).isEqualTo(new LoadSignal(5, 80_000_000));
    }

    @Test
    void whereNobodyCameAtThatLoadTheNearestSpeaks() {
        served(1, Duration.ofMillis(10));
        for (int i = 0; i < 300; i++) {
            load.arrived();
        }
        assertThat(load.now()).isEqualTo(new LoadSignal(300, 10_000_000));
    }

    @Test
    void theLongPastIsForgotten() {
        served(1, Duration.ofMillis(10));
        time.advance(Duration.ofSeconds(6));
        assertThat(load.now()).isEqualTo(new LoadSignal(0, 0));
    }

    @Test
    void timeThatSaysNothingIsNotCounted() {
        int stream = load.arrived();
        long from = time.nanos();
        time.advance(Duration.ofHours(1));
        load.left(stream, from, false);
        assertThat(load.now()).isEqualTo(new LoadSignal(0, 0));
    }

    @Test
    void whateverThreadsComeAndGoNobodyStays() {
        Threads.atOnce(4, thread -> {
            for (int i = 0; i < 10_000; i++) {
                int visit = load.arrived();
                load.now();
                load.left(visit, time.nanos(), true);
            }
        });
        assertThat(load.now().inFlight()).isZero();
    }
}
