/** The stack alone, over a wire that does nothing. */
@NullMarked
package dev.weft.bench.stack;

import org.jspecify.annotations.NullMarked;
