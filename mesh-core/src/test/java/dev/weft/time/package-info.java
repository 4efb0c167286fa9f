@NullMarked
package dev.weft.time;

import org.jspecify.annotations.NullMarked;
