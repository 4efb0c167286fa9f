/** What a server puts before its handlers: the caller's deadline, trace and baggage go on in its own calls. */
@NullMarked
package dev.weft.http.server;

import org.jspecify.annotations.NullMarked;
