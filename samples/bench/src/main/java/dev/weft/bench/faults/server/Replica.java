package dev.weft.bench.faults.server;

import dev.weft.bench.faults.scenario.Journal;
import dev.weft.bench.faults.scenario.Start;
import dev.weft.simulator.scenario.Fault;
import dev.weft.simulator.scenario.Group;
import dev.weft.simulator.world.Durations;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One server: so many workers, a queue before them, and what befalls it, as the simulator has it. An answer comes when
 * its time has come, and no thread waits for it. All on one thread, {@link #loop}.
 */
final class Replica {
    private static final int OK = 200;
    private static final int OVERLOADED = 503;

    private final int number;
    private final Group group;
    private final RandomGenerator chance;
    private final Durations durations;
    private final ScheduledExecutorService loop;
    private final Journal journal;
    private final ArrayDeque<Asked> queue = new ArrayDeque<>();
    /** Those that it works on while it hangs. */
    private final List<Asked> frozen = new ArrayList<>();

    private Start start = Start.at(Start.nowMicros());
    private @Nullable Fault fault;
    private int busy;
    /** Which process it is: what an earlier one worked on is lost. */
    private int life;

    Replica(int number, Group group, RandomGenerator chance, ScheduledExecutorService loop, Journal journal) {
        this.number = number;
        this.group = group;
        this.chance = chance;
        this.durations = new Durations(group.time(), chance);
        this.loop = loop;
        this.journal = journal;
    }

    Group group() {
        return group;
    }

    ScheduledExecutorService loop() {
        return loop;
    }

    void begin(Start when) {
        start = when;
    }

    // What befalls it.

    void befall(Fault what) {
        fault = what;
        if (what.kind() == Fault.Kind.DIE) {
            life++;
            busy = 0;
            queue.clear();
            frozen.clear();
        }
    }

    void heal() {
        fault = null;
        List<Asked> thawed = List.copyOf(frozen);
        frozen.clear();
        thawed.forEach(this::work);
    }

    private boolean suffers(Fault.Kind kind) {
        return fault != null && fault.kind() == kind;
    }

    // Requests.

    void arrive(Asked asked) {
        if (!asked.check()) {
            journal.add("a " + number + ' ' + start.elapsed());
        }
        Fault now = fault;
        if (now != null && now.kind() == Fault.Kind.FAIL && concerns(now)) {
            answer(asked, now.status());
        } else if (busy < group.workers()) {
            busy++;
            work(asked);
        } else if (queue.size() < group.queue() || suffers(Fault.Kind.HANG)) {
            queue.add(asked);
        } else {
            answer(asked, OVERLOADED);
        }
    }

    private boolean concerns(Fault now) {
        return now.share() >= 1 || chance.nextDouble() < now.share();
    }

    private void work(Asked asked) {
        Fault now = fault;
        if (suffers(Fault.Kind.HANG)) {
            frozen.add(asked);
            return;
        }
        long slow = now != null && now.kind() == Fault.Kind.SLOW && concerns(now) ? now.timeNanos() : 0;
        int mine = life;
        var unused = loop.schedule(() -> done(asked, mine), durations.next(slow), TimeUnit.NANOSECONDS);
    }

    private void done(Asked asked, int whose) {
        if (whose != life) {
            return;
        }
        if (suffers(Fault.Kind.HANG)) {
            frozen.add(asked);
            return;
        }
        answer(asked, OK);
        busy--;
        while (busy < group.workers() && !queue.isEmpty()) {
            busy++;
            work(queue.remove());
        }
    }

    private void answer(Asked asked, int status) {
        if (!asked.check()) {
            journal.add("s " + number + ' ' + start.elapsed() + ' ' + (asked.wanted() ? 1 : 0));
        }
        asked.answer(status);
    }
}
