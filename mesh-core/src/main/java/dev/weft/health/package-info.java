/** Active health checks: asking nodes how they are, where real traffic does not tell. */
@NullMarked
package dev.weft.health;

import org.jspecify.annotations.NullMarked;
