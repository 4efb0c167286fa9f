/** Servers that faults befall, in a process of their own. */
@NullMarked
package dev.weft.bench.faults.server;

import org.jspecify.annotations.NullMarked;
