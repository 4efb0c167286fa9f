package dev.weft.policy;

import java.util.List;

/**
 * Which paths a rule means: literal segments, {@code *} for one segment, {@code **} at the end for all that follow,
 * none included. Matched as sent, without decoding; a leading slash makes no difference, so that a gRPC method's
 * full name is a path.
 */
final class PathPattern {
    private static final String ANY = "*";

    private final String text;
    private final List<String> segments;
    private final boolean open;

    private PathPattern(String text, List<String> segments, boolean open) {
        this.text = text;
        this.segments = segments;
        this.open = open;
    }

    /** @throws IllegalArgumentException with the reason */
    static PathPattern parse(String text) {
        if (text.isEmpty() || text.length() > 1024) {
            throw new IllegalArgumentException("must be 1 to 1024 characters long");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == '?' || c == '#' || c >= 0x7f) {
                throw new IllegalArgumentException("is matched as sent, without its query: no spaces, ?, # or letters"
                        + " beyond ASCII; write those percent-encoded");
            }
        }
        List<String> segments = List.of((text.startsWith("/") ? text.substring(1) : text).split("/", -1));
        boolean open = segments.get(segments.size() - 1).equals("**");
        List<String> fixed = open ? segments.subList(0, segments.size() - 1) : segments;
        for (String segment : fixed) {
            if (segment.equals("**")) {
                throw new IllegalArgumentException("may have ** only at its end");
            }
            if (segment.contains(ANY) && !segment.equals(ANY)) {
                throw new IllegalArgumentException("may have * only for a whole segment");
            }
        }
        return new PathPattern(text, List.copyOf(fixed), open);
    }

    /** Allocates nothing. */
    boolean matches(String path) {
        int at = path.startsWith("/") ? 1 : 0;
        for (int i = 0; i < segments.size(); i++) {
            if (at > path.length()) {
                return false;
            }
            String segment = segments.get(i);
            int end = path.indexOf('/', at);
            if (end < 0) {
                end = path.length();
            }
            boolean same =
                    segment.equals(ANY) ? end > at : end - at == segment.length() && path.startsWith(segment, at);
            if (!same) {
                return false;
            }
            at = end + 1;
        }
        return open || at > path.length();
    }

    /** Whether it matches all that {@code other} matches. */
    boolean covers(PathPattern other) {
        int mine = segments.size();
        int theirs = other.segments.size();
        if (open ? theirs < mine : other.open || theirs != mine) {
            return false;
        }
        for (int i = 0; i < mine; i++) {
            String wanted = segments.get(i);
            String given = other.segments.get(i);
            boolean covered = wanted.equals(ANY) ? !given.isEmpty() : wanted.equals(given);
            if (!covered) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text;
    }
}
