/** A service to copy. {@link dev.weft.storefront.Storefront} is where all comes together. */
@NullMarked
package dev.weft.storefront;

import org.jspecify.annotations.NullMarked;
