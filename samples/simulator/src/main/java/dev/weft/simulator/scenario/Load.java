package dev.weft.simulator.scenario;

/**
 * How many requests are made from a moment on, whatever becomes of them.
 *
 * @param fromNanos since the world began
 * @param perSecond by all clients together
 * @param arrivals what lies between one and the next
 * @param topShare the share of them that is {@code critical_plus}; as much again is {@code sheddable}
 */
public record Load(long fromNanos, double perSecond, Arrivals arrivals, double topShare) {
    /** What lies between one request and the next. */
    public enum Arrivals {
        /** A time of chance, as with many callers who know nothing of each other. */
        POISSON,
        /** Always the same time. */
        CONSTANT
    }
}
