package dev.weft.dns;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What one message says to one question. Only records count whose owner is the name that was asked for, or that its
 * aliases lead to.
 *
 * @param records of the type that was asked for; empty where there is none
 * @param alias where the aliases in this message lead, if the records must be asked for there
 * @param ttl seconds for which all of this holds; of an absence, RFC 2308's
 * @param absent what was said in place of records
 * @param additional addresses that came along with SRV records, for their targets only
 */
record DnsAnswer(List<Record> records, @Nullable Name alias, long ttl, String absent, List<Record> additional) {
    /** How many records are kept with it, and one for itself. */
    int size() {
        return 1 + records.size() + additional.size();
    }

    /** More lead nowhere. */
    static final int MAX_ALIASES = 8;

    /** Reads a message; a {@link DnsException} where it is no answer. */
    static DnsAnswer read(Record question, Message message) {
        List<Record> section = message.getSection(Section.ANSWER);
        Name name = question.getName();
        long ttl = Long.MAX_VALUE;
        Set<Name> passed = new HashSet<>();
        while (true) {
            if (!passed.add(name)) {
                throw new DnsException(question.getName() + ": its aliases lead in a circle");
            }
            if (passed.size() > MAX_ALIASES + 1) {
                throw new DnsException(question.getName() + ": more than " + MAX_ALIASES + " aliases");
            }
            List<Record> records = new ArrayList<>();
            Name alias = null;
            for (Record each : section) {
                if (!each.getName().equals(name) || each.getDClass() != question.getDClass()) {
                    continue;
                }
                if (each.getType() == question.getType()) {
                    records.add(each);
                    ttl = Math.min(ttl, each.getTTL());
                } else if (alias == null && each instanceof CNAMERecord cname) {
                    alias = cname.getTarget();
                    ttl = Math.min(ttl, each.getTTL());
                }
            }
            if (!records.isEmpty()) {
                List<Record> along = question.getType() == Type.SRV ? addresses(message) : List.of();
                long least = along.stream().mapToLong(Record::getTTL).reduce(ttl, Math::min);
                return new DnsAnswer(records, null, least, "", along);
            }
            if (alias == null) {
                return name.equals(question.getName()) || message.getRcode() == Rcode.NXDOMAIN
                        ? absent(question, message, ttl)
                        : new DnsAnswer(List.of(), name, ttl, "", List.of());
            }
            name = alias;
        }
    }

    private static List<Record> addresses(Message message) {
        return message.getSection(Section.ADDITIONAL).stream()
                .filter(each -> each.getType() == Type.A || each.getType() == Type.AAAA)
                .toList();
    }

    private static DnsAnswer absent(Record question, Message message, long ttl) {
        long negative = 0;
        boolean authority = message.getHeader().getFlag(Flags.AA);
        boolean referral = false;
        for (Record each : message.getSection(Section.AUTHORITY)) {
            if (each instanceof SOARecord soa) {
                negative = Math.min(soa.getTTL(), soa.getMinimum());
                authority = true;
            }
            referral |= each.getType() == Type.NS;
        }
        if (referral && !authority && message.getRcode() == Rcode.NOERROR) {
            throw new DnsException(question.getName() + ": the name server only knows whom else to ask;"
                    + " a resolver that asks further is needed");
        }
        String said = message.getRcode() == Rcode.NXDOMAIN
                ? "does not exist (NXDOMAIN)"
                : "has no " + Type.string(question.getType()) + " record";
        return new DnsAnswer(List.of(), null, Math.min(ttl, negative), question.getName() + " " + said, List.of());
    }
}
