package dev.weft.simulator.world;

import dev.weft.call.Call;
import dev.weft.call.Criticality;
import dev.weft.call.Reply;
import dev.weft.simulator.scenario.Load;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes requests as the load says, whatever becomes of them: each arrival plans the next. */
final class Requests extends Event {
    private static final double SECOND_NANOS = 1e9;
    private static final Context TOP = Criticality.CRITICAL_PLUS.storeInContext(Context.root());
    private static final Context LOW = Criticality.SHEDDABLE.storeInContext(Context.root());

    private final World world;
    private final List<Client> clients;
    private final RandomGenerator chance;
    private final Reply.Observer<Answer> ordinary;
    private final Reply.Observer<Answer> top;
    private Load load;
    private int next;

    Requests(World world, List<Client> clients, RandomGenerator chance) {
        this.world = world;
        this.clients = clients;
        this.chance = chance;
        this.load = world.scenario().load().get(0);
        this.ordinary = (call, outcome) -> ended(call, false);
        this.top = (call, outcome) -> ended(call, true);
    }

    void begin() {
        for (Load each : world.scenario().load()) {
            world.time().after(each.fromNanos(), () -> turn(each));
        }
    }

    private void turn(Load to) {
        load = to;
        world.time().takeBack(this);
        planNext();
    }

    private void planNext() {
        if (load.perSecond() > 0) {
            double mean = SECOND_NANOS / load.perSecond();
            long pause = (long)
                    (load.arrivals() == Load.Arrivals.POISSON ? -StrictMath.log(1 - chance.nextDouble()) * mean : mean);
            if (world.time().elapsed() + pause < world.scenario().durationNanos()) {
                world.time().plan(this, pause);
            }
        }
    }

    @Override
    void happen() {
        planNext();
        Client client = clients.get(next(clients.size()));
        world.tally().started(world.time().elapsed());
        double level = load.topShare() > 0 ? chance.nextDouble() : 1;
        if (level < load.topShare()) {
            client.call(TOP, top);
        } else {
            client.call(level < 2 * load.topShare() ? LOW : Context.root(), ordinary);
        }
    }

    /** By chance, or each in its turn. */
    private int next(int size) {
        next = load.arrivals() == Load.Arrivals.POISSON ? chance.nextInt(size) : (next + 1) % size;
        return next;
    }

    private void ended(Call call, boolean highest) {
        long took = world.time().nanos() - call.startNanos();
        long now = world.time().elapsed();
        world.tally().ended(now - took, now, call.fate(), call.attempts(), highest);
    }
}
