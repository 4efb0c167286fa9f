/** A simulator that runs the real stack in virtual time; {@link dev.weft.simulator.Simulator} is its command. */
@NullMarked
package dev.weft.simulator;

import org.jspecify.annotations.NullMarked;
