@NullMarked
package dev.weft.guard;

import org.jspecify.annotations.NullMarked;
