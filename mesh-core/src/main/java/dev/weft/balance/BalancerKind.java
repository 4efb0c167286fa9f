package dev.weft.balance;

import java.util.random.RandomGenerator;

/** The balancers that policy can name. */
public enum BalancerKind {
    /** Each in its turn. */
    ROUND_ROBIN {
        @Override
        Balancer balancer(long decayNanos, SlowStart slowStart, RandomGenerator random) {
            return nodes -> new RoundRobin(nodes, slowStart, random);
        }
    },
    /** Two at random, the one with fewer calls under way. */
    P2C {
        @Override
        Balancer balancer(long decayNanos, SlowStart slowStart, RandomGenerator random) {
            return nodes -> new PowerOfTwo(nodes, Load.IN_FLIGHT, slowStart, random);
        }
    },
    /** Two at random, the one with the shorter expected wait. */
    PEAK_EWMA {
        @Override
        Balancer balancer(long decayNanos, SlowStart slowStart, RandomGenerator random) {
            return nodes -> new PowerOfTwo(nodes, Load.peakEwma(decayNanos), slowStart, random);
        }
    };

    abstract Balancer balancer(long decayNanos, SlowStart slowStart, RandomGenerator random);
}
