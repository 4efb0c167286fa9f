@NullMarked
package dev.weft.endpoint;

import org.jspecify.annotations.NullMarked;
