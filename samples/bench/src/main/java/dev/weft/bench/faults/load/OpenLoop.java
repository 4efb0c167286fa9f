package dev.weft.bench.faults.load;

import dev.weft.bench.faults.peers.Peer;
import dev.weft.bench.faults.scenario.Journal;
import dev.weft.bench.faults.scenario.Start;
import dev.weft.call.Criticality;
import dev.weft.simulator.scenario.Load;
import dev.weft.simulator.scenario.Scenario;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes requests as the load says, whatever becomes of them. A request begins when it was meant to, not when this thread
 * came to it: what it waits for anybody here is part of its latency. A late answer is none.
 */
final class OpenLoop {
    private static final double SECOND_NANOS = 1e9;
    private static final long PATIENCE_NANOS = 2_000_000_000L;
    private static final long LOOK_NANOS = 5_000_000;

    private final Scenario scenario;
    private final List<Peer> clients;
    private final Start start;
    private final Journal journal;
    private final SplittableRandom chance;
    private final Set<OneEnd> open = ConcurrentHashMap.newKeySet();

    OpenLoop(Scenario scenario, List<Peer> clients, Start start, Journal journal) {
        this.scenario = scenario;
        this.clients = clients;
        this.start = start;
        this.journal = journal;
        this.chance = new SplittableRandom(scenario.seed());
    }

    /** Until all requests have ended; those that have not long after their deadline have failed. */
    void run() {
        List<Load> load = scenario.load();
        for (int i = 0; i < load.size(); i++) {
            long end = i + 1 < load.size() ? load.get(i + 1).fromNanos() : scenario.durationNanos();
            run(load.get(i), end);
        }
        long patience = scenario.durationNanos() + scenario.deadlineNanos() + PATIENCE_NANOS;
        while (!open.isEmpty() && start.elapsed() < patience) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        open.forEach(each -> each.done(Peer.Ending.FAILED));
    }

    private void run(Load load, long end) {
        long at = load.fromNanos();
        while (true) {
            double mean = SECOND_NANOS / load.perSecond();
            at += (long) (load.arrivals() == Load.Arrivals.POISSON ? -Math.log(1 - chance.nextDouble()) * mean : mean);
            if (at >= end) {
                return;
            }
            for (long early = at - start.elapsed(); early > 0; early = at - start.elapsed()) {
                LockSupport.parkNanos(early);
            }
            send(load, at);
        }
    }

    private void send(Load load, long at) {
        double level = load.topShare() > 0 ? chance.nextDouble() : 1;
        Criticality criticality = level < load.topShare()
                ? Criticality.CRITICAL_PLUS
                : level < 2 * load.topShare() ? Criticality.SHEDDABLE : Criticality.CRITICAL;
        Peer client = clients.get(chance.nextInt(clients.size()));
        OneEnd end = new OneEnd(at, criticality == Criticality.CRITICAL_PLUS);
        open.add(end);
        client.call(criticality, end);
    }

    /** Takes the first end of a request; a client may tell more. */
    private final class OneEnd implements Peer.Done {
        private final long at;
        private final boolean top;

        OneEnd(long at, boolean top) {
            this.at = at;
            this.top = top;
        }

        @Override
        public void done(Peer.Ending ending) {
            if (open.remove(this)) {
                long now = start.elapsed();
                boolean late = ending == Peer.Ending.OK && now - at > scenario.deadlineNanos();
                journal.add("r " + at + ' ' + now + ' ' + (late ? "LATE" : ending) + ' ' + (top ? 1 : 0));
            }
        }
    }
}
