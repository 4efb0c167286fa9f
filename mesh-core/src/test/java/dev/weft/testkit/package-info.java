/** For tests: of Weft, and of whoever uses or extends it. */
@NullMarked
package dev.weft.testkit;

import org.jspecify.annotations.NullMarked;
