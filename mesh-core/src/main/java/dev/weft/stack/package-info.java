@NullMarked
package dev.weft.stack;

import org.jspecify.annotations.NullMarked;
