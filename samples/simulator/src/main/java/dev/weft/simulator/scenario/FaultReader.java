package dev.weft.simulator.scenario;

import static dev.weft.simulator.scenario.Amounts.SHARE;
import static dev.weft.simulator.scenario.Amounts.SOME_TIME;
import static dev.weft.simulator.scenario.Amounts.TIME;
import static dev.weft.simulator.scenario.Amounts.nanos;

import dev.weft.policy.SettingTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Reads faults: whom of the fleet they befall, and that no server is befallen by two at once. */
final class FaultReader {
    private final List<Group> fleet;
    private final List<Fault> read = new ArrayList<>();

    FaultReader(List<Group> fleet) {
        this.fleet = fleet;
    }

    Fault fault(Fields fields) {
        Fault.Kind kind = fields.get("kind", SettingTypes.choice(Fault.Kind.class));
        boolean some = kind == Fault.Kind.SLOW || kind == Fault.Kind.FAIL || kind == Fault.Kind.VANISH;
        boolean gone = kind == Fault.Kind.DRAIN || kind == Fault.Kind.DIE;
        Fault fault = new Fault(
                kind,
                nanos(fields.get("at", TIME)),
                nanos(fields.get("for", SOME_TIME, Amounts.LONGEST)),
                fields.has("zone")
                        ? fields.text("zone")
                        : fields.text("group", fleet.get(0).name()),
                servers(fields),
                some ? fields.get("share", SHARE, 1.0) : 1,
                kind == Fault.Kind.SLOW ? nanos(fields.get("time", SOME_TIME)) : 0,
                kind == Fault.Kind.FAIL ? fields.get("status", SettingTypes.count(400, 599), 500) : 0,
                nanos(fields.get("every", TIME, Duration.ZERO)),
                gone && fields.has("news") ? nanos(fields.get("news", TIME)) : -1);
        if (kind == Fault.Kind.DRAIN && fault.newsNanos() > fault.atNanos()) {
            throw fields.refused("news", "news of the first drain would come before the world begins");
        }
        for (Fault other : read) {
            if (fault.overlaps(other)) {
                throw fields.refused(
                        "kind", "befalls a server of " + fault.whom() + " while another fault has it; one at a time");
            }
        }
        read.add(fault);
        return fault;
    }

    private List<Integer> servers(Fields fields) {
        List<Integer> whom;
        if (fields.has("zone")) {
            String zone = fields.text("zone");
            whom = numbers(group -> group.zone().equals(zone));
            if (whom.isEmpty() || zone.isEmpty()) {
                throw fields.refused("zone", "the fleet has no server in zone '" + zone + "'");
            }
        } else {
            String name = fields.text("group", fleet.get(0).name());
            whom = numbers(group -> group.name().equals(name));
            if (whom.isEmpty()) {
                throw fields.refused("group", "the fleet has no group '" + name + "'");
            }
        }
        int first = fields.get("first", SettingTypes.count(1, whom.size()), 1);
        int left = whom.size() - first + 1;
        int count = fields.get("servers", SettingTypes.count(1, left), left);
        return List.copyOf(whom.subList(first - 1, first - 1 + count));
    }

    private List<Integer> numbers(Predicate<Group> whose) {
        List<Integer> numbers = new ArrayList<>();
        int number = 0;
        for (Group group : fleet) {
            for (int i = 0; i < group.servers(); i++, number++) {
                if (whose.test(group)) {
                    numbers.add(number);
                }
            }
        }
        return numbers;
    }
}
