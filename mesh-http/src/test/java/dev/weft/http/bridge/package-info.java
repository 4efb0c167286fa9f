@NullMarked
package dev.weft.http.bridge;

import org.jspecify.annotations.NullMarked;
