/**
 * Whole requests over loopback, each kind of client in a process of its own: see {@link Rounds}.
 */
@NullMarked
package dev.weft.bench.load;

import org.jspecify.annotations.NullMarked;
