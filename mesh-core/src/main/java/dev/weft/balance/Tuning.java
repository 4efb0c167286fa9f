package dev.weft.balance;

import java.util.random.RandomGenerator;

/**
 * What balancers are made with; each takes what it needs.
 *
 * @param decayNanos the time constant with which past latency is forgotten
 */
record Tuning(long decayNanos, SlowStart slowStart, RandomGenerator random) {}
