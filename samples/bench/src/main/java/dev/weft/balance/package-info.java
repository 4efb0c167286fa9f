/** Benchmarks of what is package-private in mesh-core's package of this name. */
@NullMarked
package dev.weft.balance;

import org.jspecify.annotations.NullMarked;
