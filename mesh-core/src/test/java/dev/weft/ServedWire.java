package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.RequestPart;
import dev.weft.call.Sharing;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.call.Wire;
import dev.weft.endpoint.Node;
import dev.weft.testkit.FakeTime;
import dev.weft.time.Time;
import java.io.IOException;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Servers in virtual time, each in a mood; keeps something for each node, as transports do, and nothing of calls. */
final class ServedWire implements Wire<String> {
    private enum Mood {
        WELL,
        SLOW,
        FAILS,
        THROTTLES,
        REFUSES,
        HANGS
    }

    /** What is asked. */
    record Ask(String path, String user) {}

    private final FakeTime time;
    private final Random chance;
    private final Map<String, Mood> moods = new HashMap<>();
    private final Set<Node> open = new HashSet<>();
    private long troubles;

    ServedWire(FakeTime time, Random chance) {
        this.time = time;
        this.chance = chance;
    }

    /** From now on that server is well, or, as often, anything. */
    void mood(String address) {
        moods.put(address, chance.nextBoolean() ? Mood.WELL : Mood.values()[chance.nextInt(Mood.values().length)]);
    }

    void allWell() {
        moods.clear();
    }

    /** How many attempts met trouble. */
    long troubles() {
        return troubles;
    }

    /** The nodes for which something is kept. */
    Set<Node> open() {
        return Set.copyOf(open);
    }

    /** A node's connections, say. */
    private final class Kept implements AutoCloseable {
        private final Node node;
        private boolean closed;

        Kept(Node node) {
            this.node = node;
            assertThat(open.add(node)).as("one for each node").isTrue();
        }

        @Override
        public void close() {
            assertThat(closed).as("closed already").isFalse();
            closed = true;
            open.remove(node);
        }
    }

    @Override
    public Reply<String> call(Call attempt) {
        Node node = Objects.requireNonNull(attempt.node());
        Kept kept = node.resource(this, Kept::new);
        Promise<String> promise = new Promise<>();
        Mood mood = moods.getOrDefault(node.address(), Mood.WELL);
        troubles += mood == Mood.WELL ? 0 : 1;
        long left = attempt.remainingNanos(time.nanos());
        long takes = takesNanos(mood);
        Time.Scheduled timer = takes < left
                ? time.after(takes, () -> answer(attempt, kept, mood, promise))
                : time.after(left, () -> end(attempt, promise, Verdict.TIMEOUT, new IOException("late")));
        attempt.onCancel(() -> {
            timer.cancel();
            end(attempt, promise, Verdict.CANCELLED, new IOException("cancelled"));
        });
        return attempt.pace().settle(attempt, promise);
    }

    private long takesNanos(Mood mood) {
        long usual = 2_000_000L + chance.nextInt(10_000_000);
        return switch (mood) {
            case WELL -> usual;
            case SLOW -> 20 * usual;
            case FAILS, THROTTLES, REFUSES -> 100_000;
            case HANGS -> Long.MAX_VALUE;
        };
    }

    private void answer(Call attempt, Kept kept, Mood mood, Promise<String> promise) {
        assertThat(kept.closed).as("closed under an attempt").isFalse();
        switch (mood) {
            case FAILS -> say(attempt, promise, Verdict.SERVER_ERROR, 500);
            case THROTTLES -> say(attempt, promise, Verdict.THROTTLED, 429);
            case REFUSES -> end(attempt, promise, Verdict.UNSENT, new ConnectException("refused"));
            default -> say(attempt, promise, Verdict.OK, 200);
        }
    }

    private void say(Call attempt, Promise<String> promise, Verdict verdict, int status) {
        Outcome<String> outcome = new Success<>("fine");
        if (!promise.done()) {
            attempt.answered(verdict, status, outcome, time.nanos());
            // Some bodies take a while to read.
            if (chance.nextInt(10) == 0) {
                time.after(5_000_000, () -> attempt.end(null));
            } else {
                attempt.end(null);
            }
            promise.complete(outcome);
        }
    }

    private void end(Call attempt, Promise<String> promise, Verdict verdict, IOException why) {
        Outcome<String> outcome = new Failure<>(why);
        if (!promise.done()) {
            attempt.answered(verdict, 0, outcome, time.nanos());
            attempt.end(null);
            promise.complete(outcome);
        }
    }

    @Override
    public String protocol() {
        return "served";
    }

    @Override
    public boolean replayable(Call call) {
        return true;
    }

    @Override
    public boolean idempotent(Call call) {
        return true;
    }

    @Override
    public boolean hedgeable(Call call) {
        return true;
    }

    @Override
    public boolean safe(Call call) {
        return true;
    }

    @Override
    public @Nullable String read(Call call, RequestPart part, String name) {
        Ask ask = (Ask) call.request();
        return switch (part) {
            case METHOD -> "GET";
            case PATH -> ask.path();
            default -> ask.user();
        };
    }

    @Override
    public Sharing<String> sharing() {
        return new Sharing<>() {
            @Override
            public Object key(Call call) {
                return ((Ask) call.request()).path();
            }

            @Override
            public void read(String answer, long mostBytes, Consumer<@Nullable Supplier<String>> then) {
                then.accept(() -> answer);
            }
        };
    }

    @Override
    public void discard(String response) {}
}
