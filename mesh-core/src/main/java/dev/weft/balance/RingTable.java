package dev.weft.balance;

import java.util.Arrays;
import java.util.List;

/**
 * A hash ring (Karger; ketama): each node stands at many points of it, a key belongs to the next point clockwise.
 *
 * <p>A node of mean weight has {@value #MOST_EACH} points, or where that makes more than {@value #MOST} in all, in
 * proportion less, but {@value #LEAST_EACH}; every node has one. So few nodes have as many points each with or without one
 * of them, and its going moves no key but its own.
 */
final class RingTable implements HashPicker.Table {
    private static final int MOST = 4096;
    private static final int MOST_EACH = 128;
    private static final int LEAST_EACH = 4;
    private static final int PLACE_BITS = 20;
    private static final long STEP = 0x9E3779B97F4A7C15L;

    /** Points in order, the lowest bits of each saying whose it is. */
    private final long[] points;

    RingTable(List<Share> shares) {
        if (shares.size() > 1 << PLACE_BITS) {
            throw new IllegalArgumentException(shares.size() + " nodes are more than a ring holds");
        }
        int all = Math.min(MOST_EACH * shares.size(), Math.max(MOST, LEAST_EACH * shares.size()));
        double whole = shares.stream().mapToDouble(Share::weight).sum();
        double scale = all / whole;
        long[] made = new long[all + 2 * shares.size()];
        int size = 0;
        for (int place = 0; place < shares.size(); place++) {
            Share share = shares.get(place);
            long identity = HashPicker.identity(share.node());
            double exact = share.weight() * scale;
            // Rounded up or down by chance, but always alike: as the scale moves, nodes gain points one by one.
            double dice = (identity >>> 11) * 0x1p-53;
            int count = Math.max(1, (int) Math.floor(exact + dice));
            made = made.length < size + count ? Arrays.copyOf(made, 2 * (size + count)) : made;
            for (int i = 0; i < count; i++) {
                long point = XxHash64.mix(identity + i * STEP);
                made[size++] = point >>> PLACE_BITS << PLACE_BITS | place;
            }
        }
        this.points = Arrays.copyOf(made, size);
        Arrays.sort(points);
    }

    @Override
    public int place(long hash) {
        int at = Arrays.binarySearch(points, hash);
        if (at < 0) {
            at = -at - 1;
        }
        return (int) points[at == points.length ? 0 : at] & ((1 << PLACE_BITS) - 1);
    }
}
