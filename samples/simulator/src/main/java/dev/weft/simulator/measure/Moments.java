package dev.weft.simulator.measure;

import java.util.Arrays;

/** Moments in the order of time. */
final class Moments {
    private long[] nanos = new long[64];
    private int size;

    void add(long moment) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * size);
        }
        nanos[size++] = moment;
    }

    /** The index of the first at or after {@code moment}. */
    int from(long moment) {
        int found = Arrays.binarySearch(nanos, 0, size, moment);
        if (found < 0) {
            return -found - 1;
        }
        while (found > 0 && nanos[found - 1] == moment) {
            found--;
        }
        return found;
    }

    /** How many lie in {@code from..until}, the latter not included. */
    int within(long from, long until) {
        return from(until) - from(from);
    }

    long at(int index) {
        return nanos[index];
    }

    int size() {
        return size;
    }
}
