/** The code that a team would write: two services, and a storefront that calls them. */
@NullMarked
package dev.weft.quickstart.shop;

import org.jspecify.annotations.NullMarked;
