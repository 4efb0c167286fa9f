/** The kinds of client that are compared, each set up as a careful team does. */
@NullMarked
package dev.weft.bench.faults.peers;

import org.jspecify.annotations.NullMarked;
