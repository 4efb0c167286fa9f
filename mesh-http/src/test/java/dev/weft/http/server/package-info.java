@NullMarked
package dev.weft.http.server;

import org.jspecify.annotations.NullMarked;
