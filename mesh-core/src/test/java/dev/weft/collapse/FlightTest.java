package dev.weft.collapse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.collapse.Flight.Seat;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Race;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlightTest {
    private final FakeTime time = new FakeTime();

    private Call call() {
        return new Call("request", Policy.builtIn("inventory"), Pace.blocking(time), Context.root());
    }

    @Test
    void whoeverBoardsIsToldOfTheLanding() {
        Race.rounds(2_000, () -> {
            Flight<String> flight = new Flight<>(call());
            List<Seat<String>> early = List.of(board(flight));
            AtomicReference<@Nullable Seat<String>> late = new AtomicReference<>();
            List<Seat<String>> told = new ArrayList<>();
            return Race.of(
                    () -> {
                        List<Seat<String>> expected = new ArrayList<>(early);
                        Seat<String> boarded = late.get();
                        if (boarded != null) {
                            expected.add(boarded);
                        }
                        assertThat(told).isEqualTo(expected);
                    },
                    () -> late.set(flight.board(call())),
                    () -> told.addAll(flight.close()));
        });
    }

    private Seat<String> board(Flight<String> flight) {
        return Objects.requireNonNull(flight.board(call()));
    }

    @Test
    void isCutOffWhenTheLastHasLeftAndNotBefore() {
        Race.rounds(2_000, () -> {
            Flight<String> flight = new Flight<>(call());
            Seat<String> one = board(flight);
            Seat<String> other = board(flight);
            AtomicReference<@Nullable Seat<String>> late = new AtomicReference<>();
            return Race.of(
                    () -> assertThat(flight.call().cancelled()).isEqualTo(late.get() == null),
                    () -> flight.leave(one),
                    () -> flight.leave(other),
                    () -> late.set(flight.board(call())));
        });
    }

    @Test
    void leavingTwiceIsLeavingOnce() {
        Flight<String> flight = new Flight<>(call());
        Seat<String> one = board(flight);
        board(flight);
        flight.leave(one);
        flight.leave(one);
        assertThat(flight.call().cancelled()).isFalse();
    }
}
