package dev.weft.simulator.world;

import dev.weft.simulator.scenario.Fault;

/** Has the faults of a scenario befall its servers, heals them, and has discovery tell. */
final class Misfortune {
    private final World world;

    Misfortune(World world) {
        this.world = world;
    }

    void begin() {
        world.scenario().faults().forEach(this::plan);
    }

    private void plan(Fault fault) {
        for (int i = 0; i < fault.servers().size(); i++) {
            Server server = world.servers().all().get(fault.servers().get(i));
            long begin = fault.fromNanos(i);
            long end = fault.untilNanos(i);
            at(begin, () -> server.befall(fault));
            at(end, server::heal);
            if (fault.kind() == Fault.Kind.FORGET) {
                at(begin, () -> world.news().left(server));
                at(end, () -> world.news().returned(server));
            } else if (fault.newsNanos() >= 0) {
                // Who leaves in order says so before; of a death one hears later.
                boolean drain = fault.kind() == Fault.Kind.DRAIN;
                at(
                        drain ? begin - fault.newsNanos() : begin + fault.newsNanos(),
                        () -> world.news().left(server));
                at(end + (drain ? 0 : fault.newsNanos()), () -> world.news().returned(server));
            }
        }
    }

    private void at(long moment, Runnable what) {
        world.time().after(moment - world.time().elapsed(), what);
    }
}
