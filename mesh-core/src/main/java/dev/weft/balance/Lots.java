package dev.weft.balance;

import java.util.Arrays;

/**
 * Draws places by weight, each draw in constant time: Vose's alias method. Each of n columns of equal width holds a
 * place's own lot and, above it, a part of the lot of one that is larger than a column. Immutable.
 */
final class Lots {
    private static final double WHOLE = 0x1p32;

    /** How much of a column is its own, of 2^32. */
    private final long[] own;

    private final int[] other;

    private Lots(long[] own, int[] other) {
        this.own = own;
        this.other = other;
    }

    /** @param weights not negative, and not all zero */
    static Lots of(double[] weights) {
        int size = weights.length;
        double column = Arrays.stream(weights).sum() / size;
        double[] left = Arrays.copyOf(weights, size);
        long[] own = new long[size];
        int[] other = new int[size];
        int[] small = new int[size];
        int[] large = new int[size];
        int smalls = 0;
        int larges = 0;
        for (int i = 0; i < size; i++) {
            own[i] = (long) WHOLE;
            other[i] = i;
            if (left[i] < column) {
                small[smalls++] = i;
            } else {
                large[larges++] = i;
            }
        }
        while (smalls > 0 && larges > 0) {
            int less = small[--smalls];
            int more = large[larges - 1];
            own[less] = (long) (left[less] / column * WHOLE);
            other[less] = more;
            left[more] -= column - left[less];
            if (left[more] < column) {
                larges--;
                small[smalls++] = more;
            }
        }
        return new Lots(own, other);
    }

    /** @param bits 64 of them, each as likely 0 as 1 */
    int draw(long bits) {
        int column = place(bits, own.length);
        return (bits & 0xFFFF_FFFFL) < own[column] ? column : other[column];
    }

    /** One of so many places, all alike, by the high half of the bits. */
    static int place(long bits, int size) {
        return (int) (((bits >>> 32) * size) >>> 32);
    }
}
