@NullMarked
package dev.weft.rate;

import org.jspecify.annotations.NullMarked;
