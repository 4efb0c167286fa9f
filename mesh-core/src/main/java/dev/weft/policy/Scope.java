package dev.weft.policy;

/** Where a setting may be written. */
public enum Scope {
    /** For a whole service: what its routes share, such as its balancer. */
    SERVICE,
    /** For a service or for one of its routes. */
    ROUTE
}
