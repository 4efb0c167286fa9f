package dev.weft.simulator.world;

import dev.weft.call.Call;
import dev.weft.call.Deadline;
import dev.weft.call.RetriesSpent;
import dev.weft.call.TimeoutHeader;
import dev.weft.guard.DeadlineLayer;
import io.opentelemetry.context.Context;

/**
 * What a server does whose work makes it call another: as the inbound filters have it, under its caller's deadline and
 * criticality, and with a word to the caller where retries further down are used up.
 */
final class Hop {
    private static final Answer FAILED = new Answer(503, true, -1);
    private static final Answer FAILED_FOR_GOOD = new Answer(503, false, -1);

    private final World world;
    private final Server server;
    private final Client client;

    Hop(World world, Server server, Client client) {
        this.world = world;
        this.server = server;
        this.client = client;
    }

    void call(Exchange exchange) {
        Call caller = exchange.attempt();
        Context context = caller.context();
        if (caller.hasDeadline()) {
            long left = caller.remainingNanos(world.time().nanos());
            long margin = caller.policy().get(DeadlineLayer.MARGIN).toNanos();
            context = Deadline.afterNanos(TimeoutHeader.told(left, margin), world.time())
                    .storeInContext(context);
        }
        RetriesSpent spent = new RetriesSpent();
        client.call(
                spent.storeIn(context),
                (call, outcome) -> server.finish(
                        exchange, call.fate().success() ? Answer.OK : spent.spent() ? FAILED_FOR_GOOD : FAILED));
    }
}
