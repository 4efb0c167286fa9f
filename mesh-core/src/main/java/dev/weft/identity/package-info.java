@NullMarked
package dev.weft.identity;

import org.jspecify.annotations.NullMarked;
