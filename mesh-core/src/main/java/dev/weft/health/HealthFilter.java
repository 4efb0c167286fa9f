package dev.weft.health;

import dev.weft.call.Call;
import dev.weft.call.Filter;
import dev.weft.call.Outcome;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Node;

/** Notes which nodes real traffic shows to be well: these need no checks. */
final class HealthFilter<R> implements Filter<R>, Reply.Observer<R> {
    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        Reply<R> reply = next.call(attempt);
        reply.onDone(attempt, this);
        return reply;
    }

    @Override
    public void done(Call attempt, Outcome<R> outcome) {
        Node node = attempt.node();
        Verdict verdict = attempt.verdict();
        if (node != null && !verdict.neutral() && !verdict.blamesNode()) {
            node.answered(attempt.headNanos());
        }
    }
}
