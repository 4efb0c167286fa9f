/** The simulator's scenarios against real sockets: servers, clients of several kinds, and what came of it. */
@NullMarked
package dev.weft.bench.faults;

import org.jspecify.annotations.NullMarked;
