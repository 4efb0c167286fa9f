package dev.weft.simulator.scenario;

/**
 * How long a server works on a request.
 *
 * @param kind the distribution
 * @param nanos its median; of an exponential one its mean
 * @param sigma of the logarithm, where it is log-normal
 * @param slowShare the share of attempts that take longer by a factor
 * @param slowFactor that factor
 */
public record ServiceTime(Kind kind, long nanos, double sigma, double slowShare, double slowFactor) {
    /** The distributions. */
    public enum Kind {
        CONSTANT,
        EXPONENTIAL,
        LOG_NORMAL
    }
}
