@NullMarked
package dev.weft.observe;

import org.jspecify.annotations.NullMarked;
