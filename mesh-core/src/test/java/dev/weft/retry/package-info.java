@NullMarked
package dev.weft.retry;

import org.jspecify.annotations.NullMarked;
