@NullMarked
package dev.weft.call;

import org.jspecify.annotations.NullMarked;
