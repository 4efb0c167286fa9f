package dev.weft.balance;

/**
 * XXH64 of text, read as its UTF-16 units in little-endian order; copies nothing and allocates nothing, however long the
 * text is. After the specification in Yann Collet's xxHash.
 */
final class XxHash64 {
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;
    /** UTF-16 units in a lane of 64 bits, and in a stripe of four lanes. */
    private static final int LANE = 4;

    private static final int STRIPE = 4 * LANE;

    private XxHash64() {}

    static long of(CharSequence text, long seed) {
        int length = text.length();
        int at = 0;
        long hash;
        if (length >= STRIPE) {
            long v1 = seed + P1 + P2;
            long v2 = seed + P2;
            long v3 = seed;
            long v4 = seed - P1;
            for (; at <= length - STRIPE; at += STRIPE) {
                v1 = round(v1, lane(text, at));
                v2 = round(v2, lane(text, at + LANE));
                v3 = round(v3, lane(text, at + 2 * LANE));
                v4 = round(v4, lane(text, at + 3 * LANE));
            }
            hash = Long.rotateLeft(v1, 1) + Long.rotateLeft(v2, 7) + Long.rotateLeft(v3, 12) + Long.rotateLeft(v4, 18);
            hash = merge(merge(merge(merge(hash, v1), v2), v3), v4);
        } else {
            hash = seed + P5;
        }
        hash += 2L * length;
        for (; at <= length - LANE; at += LANE) {
            hash = Long.rotateLeft(hash ^ round(0, lane(text, at)), 27) * P1 + P4;
        }
        if (at <= length - 2) {
            long half = text.charAt(at) | (long) text.charAt(at + 1) << 16;
            hash = Long.rotateLeft(hash ^ half * P1, 23) * P2 + P3;
            at += 2;
        }
        if (at < length) {
            char last = text.charAt(at);
            hash = Long.rotateLeft(hash ^ (last & 0xFF) * P5, 11) * P1;
            hash = Long.rotateLeft(hash ^ (last >>> 8) * P5, 11) * P1;
        }
        return mix(hash);
    }

    /** Spreads what is in some of the bits over all of them; one to one. */
    static long mix(long hash) {
        hash ^= hash >>> 33;
        hash *= P2;
        hash ^= hash >>> 29;
        hash *= P3;
        return hash ^ hash >>> 32;
    }

    private static long lane(CharSequence text, int at) {
        return text.charAt(at)
                | (long) text.charAt(at + 1) << 16
                | (long) text.charAt(at + 2) << 32
                | (long) text.charAt(at + 3) << 48;
    }

    private static long round(long lane, long input) {
        return Long.rotateLeft(lane + input * P2, 31) * P1;
    }

    private static long merge(long hash, long lane) {
        return (hash ^ round(0, lane)) * P1 + P4;
    }
}
