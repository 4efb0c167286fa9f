@NullMarked
package dev.weft.simulator.world;

import org.jspecify.annotations.NullMarked;
