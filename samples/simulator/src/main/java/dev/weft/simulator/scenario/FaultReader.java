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
    private static final int MOST_TIMES = 10_000;

    private final List<Group> fleet;
    private final List<Fault> read = new ArrayList<>();

    FaultReader(List<Group> fleet) {
        this.fleet = fleet;
    }

    /** One, or as many as it comes again. */
    List<Fault> faults(Fields fields) {
        Fault first = first(fields);
        List<Fault> faults = new ArrayList<>();
        int times = fields.get("times", SettingTypes.count(1, MOST_TIMES), 1);
        long again = times == 1 ? 0 : nanos(fields.get("again", SOME_TIME));
        for (int i = 0; i < times; i++) {
            Fault fault = first.later(i * again);
            for (Fault other : read) {
                if (fault.overlaps(other)) {
                    throw fields.refused(
                            "kind",
                            "befalls a server of " + fault.whom() + " while another fault has it; one at a time");
                }
            }
            read.add(fault);
            faults.add(fault);
        }
        return faults;
    }

    private Fault first(Fields fields) {
        Fault.Kind kind = fields.get("kind", SettingTypes.choice(Fault.Kind.class));
        boolean slow = kind == Fault.Kind.SLOW;
        boolean fails = kind == Fault.Kind.FAIL;
        boolean some = slow || fails || kind == Fault.Kind.RESET || kind == Fault.Kind.VANISH;
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
                slow
                        ? nanos(fields.get("time", SOME_TIME))
                        : fails ? nanos(fields.get("time", TIME, Duration.ZERO)) : 0,
                slow ? fields.get("growth", SettingTypes.ratio(0, 10), 0.0) : 0,
                fails ? fields.get("status", SettingTypes.count(400, 599), 500) : 0,
                fails && fields.has("retryAfter") ? nanos(fields.get("retryAfter", TIME)) : -1,
                nanos(fields.get("every", TIME, Duration.ZERO)),
                gone && fields.has("news") ? nanos(fields.get("news", TIME)) : -1);
        if (kind == Fault.Kind.DRAIN && fault.newsNanos() > fault.atNanos()) {
            throw fields.refused("news", "news of the first drain would come before the world begins");
        }
        return fault;
    }

    private List<Integer> servers(Fields fields) {
        List<Integer> whom;
        if (fields.has("zone")) {
            String zone = fields.text("zone");
            whom = numbers(fleet, group -> group.zone().equals(zone));
            if (whom.isEmpty() || zone.isEmpty()) {
                throw fields.refused("zone", "the fleet has no server in zone '" + zone + "'");
            }
        } else {
            String name = fields.text("group", fleet.get(0).name());
            whom = numbers(fleet, group -> group.name().equals(name));
            if (whom.isEmpty()) {
                throw fields.refused("group", "the fleet has no group '" + name + "'");
            }
        }
        int first = fields.get("first", SettingTypes.count(1, whom.size()), 1);
        int left = whom.size() - first + 1;
        int count = fields.get("servers", SettingTypes.count(1, left), left);
        return List.copyOf(whom.subList(first - 1, first - 1 + count));
    }

    static List<Integer> numbers(List<Group> fleet, Predicate<Group> whose) {
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
