package dev.weft.endpoint;

/** What discovery thinks of an endpoint, best first. */
public enum Health {
    /** Takes traffic. */
    HEALTHY,
    /** Takes traffic only where no healthy endpoint is available; Consul's {@code warning}. */
    DEGRADED,
    /** Takes no traffic, unless so many are unhealthy that the panic threshold is passed. */
    UNHEALTHY,
    /** Is leaving: finishes what it has, takes nothing new. */
    DRAINING
}
