@NullMarked
package dev.weft.grpc;

import org.jspecify.annotations.NullMarked;
