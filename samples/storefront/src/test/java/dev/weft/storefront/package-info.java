/** The storefront on a real Consul, among neighbours over mTLS. */
@NullMarked
package dev.weft.storefront;

import org.jspecify.annotations.NullMarked;
