@NullMarked
package dev.weft.bench.faults;

import org.jspecify.annotations.NullMarked;
