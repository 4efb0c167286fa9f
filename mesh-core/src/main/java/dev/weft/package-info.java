/**
 * Where a mesh is put together: {@link dev.weft.Mesh} and, to read first, {@link dev.weft.ClientStack}.
 */
@NullMarked
package dev.weft;

import org.jspecify.annotations.NullMarked;
