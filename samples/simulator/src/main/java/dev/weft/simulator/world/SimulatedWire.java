package dev.weft.simulator.world;

import dev.weft.call.Call;
import dev.weft.call.Outcome;
import dev.weft.call.Pushback;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.call.Wire;
import dev.weft.endpoint.Node;

/** The transport of the simulated world; bodies are so short that an answer ends where it begins. */
final class SimulatedWire implements Wire<Answer> {
    private final World world;

    SimulatedWire(World world) {
        this.world = world;
    }

    @Override
    public Reply<Answer> call(Call attempt) {
        Node node = attempt.node();
        if (node == null) {
            throw new IllegalStateException("no layer of the stack has picked a node");
        }
        return new Exchange(world, attempt, world.servers().at(node.endpoint())).send();
    }

    @Override
    public String protocol() {
        return "simulated";
    }

    @Override
    public boolean replayable(Call call) {
        return true;
    }

    @Override
    public boolean safe(Call call) {
        return true;
    }

    @Override
    public boolean idempotent(Call call) {
        return true;
    }

    @Override
    public Pushback pushback(Call attempt, Outcome<Answer> outcome) {
        if (!(outcome instanceof Success<Answer> success)) {
            return Pushback.NONE;
        }
        Answer answer = success.value();
        return !answer.mayRetry()
                ? Pushback.FORBIDDEN
                : answer.retryAfterNanos() < 0 ? Pushback.NONE : Pushback.rest(answer.retryAfterNanos());
    }

    @Override
    public void discard(Answer response) {}
}
