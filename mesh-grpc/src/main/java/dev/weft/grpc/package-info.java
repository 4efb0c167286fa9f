/**
 * gRPC over the same stack. Built in full by the next step; so far tests prove, with a thin leaf and a thin channel,
 * that the stack carries unary and streaming gRPC calls as it is.
 */
@NullMarked
package dev.weft.grpc;

import org.jspecify.annotations.NullMarked;
