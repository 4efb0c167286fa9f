package dev.weft.balance;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Google's Maglev (Eisenbud et al., 2016): a table of a prime number of slots. Each node prefers the slots in an order of
 * its own, and in turn they take the next one that is free; a heavy node has more turns. Slots are even to within one, so
 * load is; a node that goes moves a few keys besides its own.
 */
final class MaglevTable implements HashPicker.Table {
    private static final int SLOTS = 65_537;
    /** A node has at most so many turns in the time in which all have one in the mean, or the light would be asked in vain. */
    private static final double MOST_TURNS = 4;

    /**
     * So few are drawn by lot from those that are left: to find them in each node's own order takes four of ten looks. A
     * node that goes may move other keys in these, 0.2 % of all.
     */
    private static final int LAST = 128;

    private final int[] slots;

    MaglevTable(List<Share> shares) {
        int count = shares.size();
        int size = count <= SLOTS
                ? SLOTS
                : BigInteger.valueOf(count).nextProbablePrime().intValueExact();
        long[] identities = shares.stream()
                .mapToLong(share -> HashPicker.identity(share.node()))
                .toArray();
        // Not in the list's order, which may change.
        int[] places = IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparingLong(place -> identities[place]))
                .mapToInt(place -> place)
                .toArray();
        int[] next = new int[count];
        int[] skip = new int[count];
        double[] turns = new double[count];
        double[] due = new double[count];
        double largest = shares.stream().mapToDouble(Share::weight).max().orElse(1);
        double mean = shares.stream().mapToDouble(Share::weight).sum() / count;
        double turn = Math.min(largest, MOST_TURNS * mean);
        for (int i = 0; i < count; i++) {
            long identity = identities[places[i]];
            next[i] = (int) Long.remainderUnsigned(identity, size);
            skip[i] = (int) Long.remainderUnsigned(XxHash64.mix(identity + 1), size - 1) + 1;
            // Part of a turn to begin with, or the light would all have their first in the same round, and late.
            due[i] = (identity >>> 11) * 0x1p-53;
            turns[i] = shares.get(places[i]).weight() / turn;
        }
        this.slots = fill(size, places, next, skip, turns, due);
    }

    private static int[] fill(int size, int[] places, int[] next, int[] skip, double[] turns, double[] due) {
        int[] slots = new int[size];
        // Apart from the slots, as it is looked at eleven times as often and fits into the nearest cache.
        long[] taken = new long[size / Long.SIZE + 1];
        int[] free = {};
        int left = size;
        while (true) {
            for (int i = 0; i < places.length; i++) {
                for (due[i] += turns[i]; due[i] >= 1; due[i]--) {
                    int at;
                    if (left > LAST) {
                        at = next[i];
                        while ((taken[at >>> 6] & 1L << at) != 0) {
                            at += skip[i];
                            at -= at >= size ? size : 0;
                        }
                        taken[at >>> 6] |= 1L << at;
                        next[i] = at;
                    } else {
                        free = free.length == 0 ? free(taken, size) : free;
                        int drawn = next[i] % left;
                        at = free[drawn];
                        free[drawn] = free[left - 1];
                    }
                    slots[at] = places[i];
                    if (--left == 0) {
                        return slots;
                    }
                }
            }
        }
    }

    private static int[] free(long[] taken, int size) {
        return IntStream.range(0, size)
                .filter(at -> (taken[at >>> 6] & 1L << at) == 0)
                .toArray();
    }

    @Override
    public int place(long hash) {
        return slots[(int) Long.remainderUnsigned(hash, slots.length)];
    }
}
