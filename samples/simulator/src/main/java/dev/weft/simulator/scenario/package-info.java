/** What a user asks: the scenario file, read and checked. */
@NullMarked
package dev.weft.simulator.scenario;

import org.jspecify.annotations.NullMarked;
