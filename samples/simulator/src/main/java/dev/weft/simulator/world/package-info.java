/** The simulated world: virtual time, servers, network, faults, and clients that run the real stack. */
@NullMarked
package dev.weft.simulator.world;

import org.jspecify.annotations.NullMarked;
