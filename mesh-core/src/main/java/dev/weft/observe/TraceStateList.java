package dev.weft.observe;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code tracestate} cut to size, as W3C Trace Context §3.3.1.5 has it: whole members go, never a part of one. */
final class TraceStateList {
    private static final int MAX_CHARS = 512;
    private static final int MAX_MEMBERS = 32;
    private static final int LARGE_MEMBER = 128;

    private TraceStateList() {}

    /** The list in no more than {@value #MAX_CHARS} characters; null where it has more members than are allowed. */
    static @Nullable String clamp(String list) {
        if (list.length() <= MAX_CHARS) {
            return list;
        }
        List<String> found = Headers.members(list, MAX_MEMBERS);
        if (found == null) {
            return null;
        }
        List<String> members = new ArrayList<>(found);
        for (int i = members.size() - 1; i >= 0 && length(members) > MAX_CHARS; i--) {
            if (members.get(i).length() > LARGE_MEMBER) {
                members.remove(i);
            }
        }
        while (length(members) > MAX_CHARS) {
            members.remove(members.size() - 1);
        }
        return String.join(",", members);
    }

    private static int length(List<String> members) {
        int length = Math.max(0, members.size() - 1);
        for (String member : members) {
            length += member.length();
        }
        return length;
    }
}
