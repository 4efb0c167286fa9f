@NullMarked
package dev.weft.simulator.scenario;

import org.jspecify.annotations.NullMarked;
