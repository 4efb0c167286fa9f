/** For gRPC servers: the context of whoever calls, and the mesh's TLS. */
@NullMarked
package dev.weft.grpc.server;

import org.jspecify.annotations.NullMarked;
