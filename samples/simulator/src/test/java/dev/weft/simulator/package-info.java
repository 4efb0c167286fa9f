@NullMarked
package dev.weft.simulator;

import org.jspecify.annotations.NullMarked;
