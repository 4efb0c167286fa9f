package dev.weft.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Record;

/**
 * The addresses of a name, as text.
 *
 * @param list none twice, none that nobody can call
 * @param untilNanos when they are to be asked for again
 * @param absent why there are none; empty where there are some
 * @param missing why those of one family could not be learnt; empty where they could
 */
record Addresses(List<String> list, long untilNanos, String absent, String missing) {
    private static final Pattern ZEROS = Pattern.compile(":?\\b0(:0)+\\b:?");

    /** @param reason why there is no record, where there is none */
    static Addresses of(List<Record> records, long untilNanos, String reason, String missing) {
        Set<String> usable = new LinkedHashSet<>();
        List<String> useless = new ArrayList<>();
        for (Record each : records) {
            InetAddress address = address(each);
            if (address == null) {
                continue;
            }
            if (callable(address)) {
                usable.add(text(address));
            } else {
                useless.add(text(address));
            }
        }
        String absent = useless.isEmpty() ? reason : "only addresses that nobody can call: " + useless;
        return new Addresses(List.copyOf(usable), untilNanos, usable.isEmpty() ? absent : "", missing);
    }

    /** In an order that is always the same: the families by turns, IPv6 first (RFC 8305). */
    List<String> interleaved() {
        List<String> v6 =
                list.stream().filter(a -> a.indexOf(':') >= 0).sorted().toList();
        List<String> v4 = list.stream().filter(a -> a.indexOf(':') < 0).sorted().toList();
        List<String> all = new ArrayList<>(list.size());
        for (int i = 0; i < Math.max(v6.size(), v4.size()); i++) {
            if (i < v6.size()) {
                all.add(v6.get(i));
            }
            if (i < v4.size()) {
                all.add(v4.get(i));
            }
        }
        return all;
    }

    private static @Nullable InetAddress address(Record each) {
        if (each instanceof ARecord v4) {
            return v4.getAddress();
        }
        return each instanceof AAAARecord v6 ? v6.getAddress() : null;
    }

    /** As RFC 5952 has it, and so as other sources write it: the longest run of zeros is left out. */
    static String text(InetAddress address) {
        String full = address.getHostAddress();
        if (full.indexOf(':') < 0) {
            return full;
        }
        MatchResult longest = ZEROS.matcher(full)
                .results()
                .reduce((a, b) -> b.group().length() > a.group().length() ? b : a)
                .orElse(null);
        return longest == null ? full : full.substring(0, longest.start()) + "::" + full.substring(longest.end());
    }

    private static boolean callable(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean broadcast = bytes.length == 4 && bytes[0] == -1 && bytes[1] == -1 && bytes[2] == -1 && bytes[3] == -1;
        // An IPv6 link-local address says nothing without its interface.
        boolean ofLink = bytes.length > 4 && address.isLinkLocalAddress();
        return !address.isAnyLocalAddress() && !address.isMulticastAddress() && !broadcast && !ofLink;
    }
}
