package dev.weft.observe;

import java.util.Collections;
import java.util.Iterator;

/**
 * {@code baggage} cut to what W3C Baggage §3.3.2 asks everybody to carry. Members that are not well formed are left
 * out one by one: the propagator below would drop their neighbours too, or warn in the log for each.
 */
final class BaggageList {
    private static final int MAX_BYTES = 8192;
    private static final int MAX_MEMBERS = 64;

    private BaggageList() {}

    /** All the headers as one, or none. */
    static Iterator<String> clamp(Iterator<String> headers) {
        if (!headers.hasNext()) {
            return headers;
        }
        StringBuilder kept = new StringBuilder();
        int members = 0;
        while (headers.hasNext() && members < MAX_MEMBERS) {
            String header = headers.next();
            int start = 0;
            while (start < header.length() && members < MAX_MEMBERS) {
                int comma = header.indexOf(',', start);
                int end = comma < 0 ? header.length() : comma;
                // A member that does not fit is left out; a smaller one behind it may still fit.
                if (kept.length() + (end - start) + 1 <= MAX_BYTES && wellFormed(header, start, end)) {
                    kept.append(kept.isEmpty() ? "" : ",").append(header, start, end);
                    members++;
                }
                start = end + 1;
            }
        }
        return kept.isEmpty()
                ? Collections.emptyIterator()
                : Collections.singleton(kept.toString()).iterator();
    }

    private static boolean wellFormed(String header, int start, int end) {
        boolean pair = false;
        for (int i = start; i < end; i++) {
            char c = header.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~' || c == '"' || c == '\\') {
                return false;
            }
            if (c == '%' && !(i + 2 < end && hex(header.charAt(i + 1)) && hex(header.charAt(i + 2)))) {
                return false;
            }
            pair |= c == '=';
        }
        return pair;
    }

    private static boolean hex(char c) {
        return c < 128 && Character.digit(c, 16) >= 0;
    }
}
