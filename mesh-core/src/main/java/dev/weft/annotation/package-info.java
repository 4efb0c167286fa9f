/** Says beside the code how a client's calls are to be treated: the weakest word after the built-in defaults. */
@NullMarked
package dev.weft.annotation;

import org.jspecify.annotations.NullMarked;
