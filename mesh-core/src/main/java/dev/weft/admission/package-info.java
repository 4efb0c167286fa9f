/** What a server takes on: which of the requests that come in are handled, and which are refused at once. */
@NullMarked
package dev.weft.admission;

import org.jspecify.annotations.NullMarked;
