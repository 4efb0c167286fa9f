package dev.weft.simulator.scenario;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scenario with another number of servers or another load, and the utilisation that it means: servers whose workers are
 * numbered get as many as the load needs, and as they are whole, the load what they leave it.
 */
final class Resizing {
    private final Scenario of;
    private final double servers;
    private final double load;

    /**
     * @param servers of the service that is called; null for as many as there are
     * @param rate the first load, in requests per second; null for what it is
     */
    Resizing(Scenario of, @Nullable Integer servers, @Nullable Double rate) {
        this.of = of;
        this.servers = servers == null ? 1 : (double) servers / called(of.fleet());
        this.load = rate == null ? 1 : rate / of.load().get(0).perSecond();
    }

    Scenario scenario() {
        List<Group> fleet = of.fleet().stream().map(this::group).toList();
        double by = bounded() ? capacity(fleet) / capacity(of.fleet()) : load;
        List<Load> loads = of.load().stream()
                .map(each -> new Load(each.fromNanos(), by * each.perSecond(), each.arrivals(), each.topShare()))
                .toList();
        List<Fault> faults =
                of.faults().stream().map(fault -> fault(fault, fleet)).toList();
        return of.with(fleet, loads, faults);
    }

    private Group group(Group was) {
        int workers = was.workers();
        int queue = was.queue();
        if (workers < FleetReader.MANY) {
            workers = some(workers * load / servers);
            queue = queue < FleetReader.MANY ? some((double) queue * workers / was.workers()) : queue;
        }
        return new Group(
                was.name(),
                was.service(),
                some(was.servers() * servers),
                was.time(),
                workers,
                queue,
                was.zone(),
                was.calls(),
                was.notices());
    }

    /** One server stays one, all stay all, and what lies between keeps its part. */
    private Fault fault(Fault was, List<Group> fleet) {
        List<Integer> before = whom(was, of.fleet());
        List<Integer> now = whom(was, fleet);
        int count = was.servers().size();
        if (count == before.size()) {
            count = now.size();
        } else if (count > 1) {
            count = Math.min(Math.max(1, now.size() - 1), some((double) count * now.size() / before.size()));
        }
        int first = Math.min(before.indexOf(was.servers().get(0)), now.size() - count);
        return was.with(List.copyOf(now.subList(first, first + count)));
    }

    private static List<Integer> whom(Fault fault, List<Group> fleet) {
        List<Integer> byName = FaultReader.numbers(fleet, group -> group.name().equals(fault.whom()));
        return byName.isEmpty()
                ? FaultReader.numbers(fleet, group -> group.zone().equals(fault.whom()))
                : byName;
    }

    private static int some(double number) {
        return (int) Math.max(1, Math.round(number));
    }

    private boolean bounded() {
        return theirs(of.fleet()).stream().allMatch(group -> group.workers() < FleetReader.MANY);
    }

    private double capacity(List<Group> fleet) {
        return theirs(fleet).stream().mapToDouble(Group::perSecond).sum();
    }

    private int called(List<Group> fleet) {
        return theirs(fleet).stream().mapToInt(Group::servers).sum();
    }

    private List<Group> theirs(List<Group> fleet) {
        List<Group> theirs = new ArrayList<>(fleet);
        theirs.removeIf(group -> !group.service().equals(of.service()));
        return theirs;
    }
}
