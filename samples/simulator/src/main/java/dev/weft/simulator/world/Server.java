package dev.weft.simulator.world;

import dev.weft.call.Verdict;
import dev.weft.simulator.scenario.Fault;
import dev.weft.simulator.scenario.Group;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One server: so many workers, a queue before them, and what befalls it. */
final class Server {
    private final World world;
    private final Group group;
    private final int number;
    private final Durations durations;
    private final ArrayDeque<Exchange> queue = new ArrayDeque<>();
    /** All that it has taken and not answered, in no order. */
    private final List<Exchange> present = new ArrayList<>();
    /** Those that it works on while it hangs. */
    private final List<Exchange> frozen = new ArrayList<>();

    private int busy;
    private boolean open = true;
    private @Nullable Fault fault;
    private @Nullable Answer failure;
    private long befallenNanos;

    Server(World world, Group group, int number) {
        this.world = world;
        this.group = group;
        this.number = number;
        this.durations = new Durations(group.time(), world.chance());
    }

    /** From 0, over all services. */
    int number() {
        return number;
    }

    Group group() {
        return group;
    }

    /** How many requests it has and has not answered. */
    int load() {
        return present.size();
    }

    // What befalls it.

    void befall(Fault what) {
        fault = what;
        failure = new Answer(what.status(), true, what.retryAfterNanos());
        befallenNanos = world.time().elapsed();
        switch (what.kind()) {
            case DIE -> {
                open = false;
                busy = 0;
                queue.clear();
                frozen.clear();
                for (Exchange each : List.copyOf(present)) {
                    leave(each);
                    each.fail(Verdict.LOST);
                }
            }
            case DRAIN -> open = false;
            case HANG -> {
                for (Exchange each : present) {
                    if (each.place >= 0) {
                        world.time().takeBack(each);
                        frozen.add(each);
                    }
                }
            }
            case SLOW, FAIL, RESET, VANISH, FORGET -> {}
        }
    }

    void heal() {
        fault = null;
        open = true;
        List<Exchange> thawed = List.copyOf(frozen);
        frozen.clear();
        thawed.forEach(this::work);
    }

    private boolean hangs() {
        return fault != null && fault.kind() == Fault.Kind.HANG;
    }

    // Requests.

    void arrive(Exchange exchange) {
        Fault now = fault;
        if (now != null && now.kind() == Fault.Kind.VANISH && concerns(now)) {
            return;
        }
        if (!open) {
            world.tally().refused(world.time().elapsed());
            exchange.fail(Verdict.UNSENT);
        } else if (now != null && now.kind() == Fault.Kind.RESET && concerns(now)) {
            exchange.fail(Verdict.LOST);
        } else if (now != null && now.kind() == Fault.Kind.FAIL && now.timeNanos() == 0 && concerns(now)) {
            exchange.answer(failure == null ? Answer.OVERLOADED : failure);
        } else if (busy < group.workers()) {
            enter(exchange);
            begin(exchange);
        } else if (queue.size() < group.queue() || hangs()) {
            enter(exchange);
            queue.add(exchange);
        } else {
            exchange.answer(Answer.OVERLOADED);
        }
    }

    private boolean concerns(Fault now) {
        return now.share() >= 1 || world.chance().nextDouble() < now.share();
    }

    private void begin(Exchange exchange) {
        busy++;
        work(exchange);
    }

    private void work(Exchange exchange) {
        Fault now = fault;
        if (now != null && now.kind() == Fault.Kind.HANG) {
            frozen.add(exchange);
        } else {
            long slow = 0;
            if (now != null && now.timeNanos() > 0 && concerns(now)) {
                slow = now.takesNanos(world.time().elapsed() - befallenNanos);
                exchange.doom = now.kind() == Fault.Kind.FAIL ? failure : null;
            }
            world.time().plan(exchange, durations.next(slow));
        }
    }

    /** Its own work on a request is done; what it makes it call may not be. */
    void done(Exchange exchange) {
        Hop hop = world.hop(this);
        Answer doom = exchange.doom;
        if (doom != null) {
            finish(exchange, doom);
        } else if (hop == null) {
            finish(exchange, Answer.OK);
        } else {
            hop.call(exchange);
        }
    }

    void finish(Exchange exchange, Answer answer) {
        if (exchange.seat < 0) {
            // The process that worked on it is gone.
            return;
        }
        leave(exchange);
        world.tally().served(world.time().elapsed(), !exchange.unwanted());
        Fault now = fault;
        if (now == null || now.kind() != Fault.Kind.VANISH || !concerns(now)) {
            exchange.answer(answer);
        }
        free();
    }

    private void free() {
        busy--;
        while (busy < group.workers() && !queue.isEmpty()) {
            begin(queue.remove());
        }
    }

    /** Nobody waits for it any longer. Most servers find out when they write the answer. */
    void callerGone(Exchange exchange) {
        if (group.notices()) {
            world.time().after(world.oneWayNanos(), () -> drop(exchange));
        }
    }

    private void drop(Exchange exchange) {
        if (exchange.seat < 0) {
            return;
        }
        leave(exchange);
        if (!queue.remove(exchange)) {
            world.time().takeBack(exchange);
            frozen.remove(exchange);
            free();
        }
    }

    private void enter(Exchange exchange) {
        exchange.seat = present.size();
        present.add(exchange);
    }

    private void leave(Exchange exchange) {
        Exchange last = present.remove(present.size() - 1);
        if (last != exchange) {
            present.set(exchange.seat, last);
            last.seat = exchange.seat;
        }
        exchange.seat = -1;
    }
}
