/** What all processes of a run know: the scenario, its beginning, and what each writes down. */
@NullMarked
package dev.weft.bench.faults.scenario;

import org.jspecify.annotations.NullMarked;
