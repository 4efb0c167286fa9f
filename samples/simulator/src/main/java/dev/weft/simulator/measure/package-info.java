/** What is looked at while a scenario runs, and what came of it. */
@NullMarked
package dev.weft.simulator.measure;

import org.jspecify.annotations.NullMarked;
