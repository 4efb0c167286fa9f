@NullMarked
package dev.weft.http;

import org.jspecify.annotations.NullMarked;
