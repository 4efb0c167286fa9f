@NullMarked
package dev.weft.quickstart;

import org.jspecify.annotations.NullMarked;
