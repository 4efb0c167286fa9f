package dev.weft.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What a name server knows. */
final class Zone {
    private static final int PARTS = 4;
    private volatile List<Record> records = List.of();
    private volatile int negativeTtl = 1;
    private volatile boolean addressesComeAlong;

    /** Knows exactly these: {@code name ttl type data} each. */
    void knows(String... lines) {
        records = Arrays.stream(lines).map(Zone::record).toList();
    }

    /** How long its absences hold. */
    void negativeTtl(int seconds) {
        negativeTtl = seconds;
    }

    /** From now on SRV records come with the addresses of their targets. */
    void addressesComeAlong() {
        addressesComeAlong = true;
    }

    static Record record(String line) {
        String[] parts = line.split(" +", PARTS);
        try {
            return Record.fromString(
                    Name.fromString(parts[0]),
                    Type.value(parts[2]),
                    DClass.IN,
                    Long.parseLong(parts[1]),
                    parts[3],
                    Name.root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Message answer(FakeNameServer.Asked asked) {
        Message answer = new Message(asked.message().getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RD);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(asked.message().getQuestion(), Section.QUESTION);
        Name name = asked.name();
        boolean exists = false;
        boolean found = false;
        for (Record each : records) {
            if (each.getName().equals(name)) {
                exists = true;
                if (each.getType() == asked.type() || each instanceof CNAMERecord) {
                    answer.addRecord(each, Section.ANSWER);
                    found = true;
                }
            }
        }
        if (addressesComeAlong) {
            List<Name> targets = answer.getSection(Section.ANSWER).stream()
                    .filter(SRVRecord.class::isInstance)
                    .map(each -> ((SRVRecord) each).getTarget())
                    .toList();
            records.stream()
                    .filter(each -> targets.contains(each.getName()))
                    .forEach(each -> answer.addRecord(each, Section.ADDITIONAL));
        }
        if (!found) {
            answer.getHeader().setRcode(exists ? Rcode.NOERROR : Rcode.NXDOMAIN);
            answer.addRecord(
                    record(". " + negativeTtl + " SOA ns.test. admin.test. 1 60 60 60 " + negativeTtl),
                    Section.AUTHORITY);
        }
        return answer;
    }
}
