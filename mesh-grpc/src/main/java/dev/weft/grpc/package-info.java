/** gRPC over the same stack: channels for stubs as they are, the leaf that sends, and what servers need. */
@NullMarked
package dev.weft.grpc;

import org.jspecify.annotations.NullMarked;
