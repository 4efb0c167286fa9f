package dev.weft.dns;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/**
 * The addresses that came with SRV records. They are used with these records only and never kept for another name, so
 * whoever sends them gains nothing that he could not have by naming another target.
 *
 * <p>A family that came with no target at all is taken as absent; where it came with some, the others are worth a question.
 */
final class Alongside {
    private final Map<Name, List<Record>> byTarget = new HashMap<>();
    private final Set<Integer> present = new HashSet<>();
    private final long untilNanos;

    /** @param types of records that hold the wanted addresses */
    Alongside(Held held, Set<Name> targets, List<Integer> types) {
        for (Record each : held.answer().additional()) {
            if (types.contains(each.getType()) && targets.contains(each.getName())) {
                byTarget.computeIfAbsent(each.getName(), name -> new ArrayList<>())
                        .add(each);
                present.add(each.getType());
            }
        }
        this.untilNanos = held.untilNanos();
    }

    /** The addresses of a target; none where they must be asked for. */
    Addresses of(Name target) {
        List<Record> records = byTarget.getOrDefault(target, List.of());
        boolean complete = records.stream()
                .map(Record::getType)
                .collect(Collectors.toSet())
                .equals(present);
        return Addresses.of(complete ? records : List.of(), untilNanos, "", "");
    }
}
