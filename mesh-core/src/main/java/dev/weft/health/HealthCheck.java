package dev.weft.health;

/** How nodes are asked. */
public enum HealthCheck {
    /** Not at all. */
    OFF,
    /** By connecting to them. */
    TCP,
    /** By a GET that is to be answered with 200, in processes that call the service over HTTP. */
    HTTP,
    /** By {@code grpc.health.v1.Health/Watch}, in processes that call the service over gRPC. */
    GRPC
}
