package dev.weft.simulator.scenario;

/**
 * What is wanted of a scenario.
 *
 * @param required what must be reached, as the measure counts; NaN where nothing must be
 * @param aim what should be reached; NaN where nothing is said
 */
public record Target(Measure measure, double required, double aim) {}
