@NullMarked
package dev.weft.simulator.report;

import org.jspecify.annotations.NullMarked;
