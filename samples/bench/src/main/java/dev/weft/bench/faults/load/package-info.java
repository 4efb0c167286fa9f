/** Open-loop load on one kind of client, in a process of its own. */
@NullMarked
package dev.weft.bench.faults.load;

import org.jspecify.annotations.NullMarked;
