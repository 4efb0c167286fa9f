@NullMarked
package dev.weft.collapse;

import org.jspecify.annotations.NullMarked;
