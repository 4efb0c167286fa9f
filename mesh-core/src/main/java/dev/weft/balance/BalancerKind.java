package dev.weft.balance;

import java.util.function.Function;

/** The balancers that policy can name. */
public enum BalancerKind {
    /** Each in its turn. */
    ROUND_ROBIN(tuning -> shares -> new RoundRobin(shares, tuning)),
    /** Each in its turn, those more often that report to be less full. */
    WEIGHTED_ROUND_ROBIN(WeightedRoundRobin.ByReports::new),
    /** Two at random, the one with fewer calls under way. */
    P2C(tuning -> shares -> PowerOfChoices.byCalls(shares, tuning)),
    /** Three at random, the one with the shortest expected wait. */
    PEAK_EWMA(tuning -> shares -> PowerOfChoices.byWait(shares, tuning)),
    /** Any, by chance. */
    RANDOM(tuning -> shares -> new WeightedRandom(shares, tuning)),
    /** Of those that said how busy they are, the quickest that is not among the fullest. */
    PREQUAL(Trait.ASKS_LOAD, Prequal::new),
    /** One for each key, by a ring of hashes. */
    RING_HASH(Trait.BY_KEY, tuning -> shares -> new HashPicker(shares, RingTable::new, tuning)),
    /** One for each key, by a table that is filled evenly. */
    MAGLEV(Trait.BY_KEY, tuning -> shares -> new HashPicker(shares, MaglevTable::new, tuning));

    private enum Trait {
        NONE,
        /** A call's key decides. */
        BY_KEY,
        /** Servers are asked how busy they are. */
        ASKS_LOAD
    }

    private final Trait trait;

    @SuppressWarnings("ImmutableEnumChecker") // what makes a balancer holds nothing
    private final Function<Tuning, Balancer> make;

    BalancerKind(Function<Tuning, Balancer> make) {
        this(Trait.NONE, make);
    }

    BalancerKind(Trait trait, Function<Tuning, Balancer> make) {
        this.trait = trait;
        this.make = make;
    }

    /** Whether a call's key decides. */
    boolean byKey() {
        return trait == Trait.BY_KEY;
    }

    /** Whether servers are asked how busy they are. */
    boolean asksLoad() {
        return trait == Trait.ASKS_LOAD;
    }

    Balancer balancer(Tuning tuning) {
        return make.apply(tuning);
    }
}
