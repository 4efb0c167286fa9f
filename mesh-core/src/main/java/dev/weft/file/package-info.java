@NullMarked
package dev.weft.file;

import org.jspecify.annotations.NullMarked;
