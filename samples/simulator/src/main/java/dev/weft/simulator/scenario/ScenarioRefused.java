package dev.weft.simulator.scenario;

/** A scenario that cannot be used; the message says where and why. */
public final class ScenarioRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ScenarioRefused(String message) {
        super(message);
    }
}
